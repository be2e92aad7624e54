import type { LegalDocument, LegalKind } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { dayOf } from '../../lib/format.ts'
import { currentLocale } from '../../lib/i18n.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './legal-page.module.css'
import { legalQuery } from './queries.ts'

/** The terms or the privacy notice, for anybody: the version in force, or the earlier one that is asked for. */
export function LegalPage({ kind, version }: { kind: LegalKind; version: number | null }) {
  const { t } = useTranslation()
  const { data: documents, error, refetch } = useQuery(legalQuery(kind))
  const shown =
    documents?.find((document) => version === null || document.version === version) ?? documents?.[0]
  return (
    <div className={styles.page}>
      <Page
        title={t(`privacy.kinds.${kind}`)}
        lead={
          shown ? (
            <Standing document={shown} inForce={shown === documents?.[0]} />
          ) : (
            <Skeleton width="16rem" />
          )
        }
        aside={<Versions kind={kind} documents={documents} />}
        asideLabel={t('privacy.legal.versions')}
      >
        {shown ? (
          <Text document={shown} />
        ) : error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <div role="status" aria-label={t('privacy.loading')} className={styles.shape}>
            {['90%', '100%', '95%', '60%'].map((width) => (
              <Skeleton key={width} width={width} />
            ))}
          </div>
        )}
      </Page>
    </div>
  )
}

function Standing({
  document: { version, published_at },
  inForce,
}: {
  document: LegalDocument
  inForce: boolean
}) {
  const { t, i18n } = useTranslation()
  return (
    <>
      {t('privacy.version', { version, day: dayOf(published_at, i18n.language) })}
      {!inForce && ` · ${t('privacy.legal.superseded')}`}
    </>
  )
}

function Text({ document }: { document: LegalDocument }) {
  const sections = currentLocale() === 'ar' ? document.text_ar : document.text_en
  return (
    <div className={styles.text}>
      {sections.map(({ heading, paragraphs }) => (
        <section key={heading}>
          <h2>{heading}</h2>
          {paragraphs.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </section>
      ))}
    </div>
  )
}

type VersionsProps = { kind: LegalKind; documents: LegalDocument[] | undefined }

function Versions({ kind, documents = [] }: VersionsProps) {
  const { t, i18n } = useTranslation()
  const [newest] = documents
  const other = kind === 'terms' ? 'privacy' : 'terms'
  return (
    <>
      <nav aria-label={t('privacy.legal.other')}>
        <Link to={urls.legal} params={{ document: other }}>
          {t(`privacy.kinds.${other}`)}
        </Link>
      </nav>
      <nav aria-label={t('privacy.legal.versions')}>
        <ol className={styles.versions}>
          {documents.map((document) => (
            <li key={document.id}>
              <Link
                to={urls.legal}
                params={{ document: document.kind }}
                search={document === newest ? {} : { version: document.version }}
                activeOptions={{ exact: true, includeSearch: true }}
              >
                {t('privacy.version', {
                  version: document.version,
                  day: dayOf(document.published_at, i18n.language),
                })}
              </Link>
            </li>
          ))}
        </ol>
      </nav>
    </>
  )
}
