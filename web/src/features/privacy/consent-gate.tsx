import { Button } from '@mantine/core'
import type { DocumentInForce } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { currentLocale } from '../../lib/i18n.ts'
import { useSentence } from '../../lib/sentence.ts'
import { LegalLink } from '../../ui/legal-link.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { useAcceptDocuments } from './actions.ts'
import styles from './privacy.module.css'

/** In place of any page until its reader has agreed to what is in force. The page they came for follows. */
export function ConsentGate({ due }: { due: DocumentInForce[] }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const accept = useAcceptDocuments()
  // The button that had the focus goes with the gate: reading begins at the page that takes its place.
  useEffect(() => () => document.getElementById('main')?.focus(), [])
  const isNew = due.every(({ accepted_before }) => accepted_before !== null)
  return (
    <Page
      title={isNew ? t('privacy.gate.titleChanged') : t('privacy.gate.title')}
      lead={isNew ? t('privacy.gate.leadChanged') : t('privacy.gate.lead')}
    >
      <div className={styles.body}>
        <ul className={styles.list}>
          {due.map((document) => (
            <li key={document.id} className={styles.row}>
              <Change document={document} />
            </li>
          ))}
        </ul>
        {accept.error && <Notice tone="danger">{sentence(accept.error)}</Notice>}
        <div>
          <Button size="md" loading={accept.isPending} onClick={() => accept.mutate(due.map(({ id }) => id))}>
            {t('privacy.gate.accept')}
          </Button>
        </div>
        <p className={styles.lead}>
          {t('privacy.gate.otherwise')} <Link to={urls.privacy}>{t('privacy.gate.toPrivacy')}</Link>
        </p>
      </div>
    </Page>
  )
}

function Change({ document }: { document: DocumentInForce }) {
  const { t } = useTranslation()
  const changes = currentLocale() === 'ar' ? document.changes_ar : document.changes_en
  return (
    <div>
      <LegalLink document={document.kind}>{t(`privacy.kinds.${document.kind}`)}</LegalLink>
      {changes && <p className={styles.lead}>{changes}</p>}
    </div>
  )
}
