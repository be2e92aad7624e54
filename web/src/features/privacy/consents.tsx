import { Button } from '@mantine/core'
import type { DocumentInForce } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { dayOf } from '../../lib/format.ts'
import { useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import { useAcceptDocuments } from './actions.ts'
import styles from './privacy.module.css'

/** What is in force and when one agreed to it; what is new waits here for an answer too. */
export function Consents({ documents }: { documents: DocumentInForce[] }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const accept = useAcceptDocuments()
  const due = documents.filter(({ accepted_at }) => !accepted_at)
  return (
    <>
      <ul className={styles.list}>
        {documents.map((document) => (
          <li key={document.id} className={styles.row}>
            <div>
              <Link to={urls.legal} params={{ document: document.kind }} className={styles.name}>
                {t(`privacy.kinds.${document.kind}`)}
              </Link>
              <Facts document={document} />
            </div>
          </li>
        ))}
      </ul>
      {accept.error && <Notice tone="danger">{sentence(accept.error)}</Notice>}
      {due.length > 0 && (
        <div>
          <Button loading={accept.isPending} onClick={() => accept.mutate(due.map(({ id }) => id))}>
            {t('privacy.consents.accept')}
          </Button>
        </div>
      )}
    </>
  )
}

function Facts({ document: { version, published_at, accepted_at } }: { document: DocumentInForce }) {
  const { t, i18n } = useTranslation()
  return (
    <p className={styles.facts}>
      <span>{t('privacy.version', { version, day: dayOf(published_at, i18n.language) })}</span>
      {accepted_at ? (
        <span>{t('privacy.consents.accepted', { day: dayOf(accepted_at, i18n.language) })}</span>
      ) : (
        <strong className={styles.due}>{t('privacy.consents.due')}</strong>
      )}
    </p>
  )
}
