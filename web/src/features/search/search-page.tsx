import { NativeSelect } from '@mantine/core'
import type { Category } from '@p2p/contracts'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Page } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { FoundTopicRow } from './found-topic-row.tsx'
import { type Asked, forumSearchQuery } from './queries.ts'
import styles from './search.module.css'

type Props = {
  asked: Asked
  /** Writes what is asked for into the address. */
  onAsk: (asked: Asked) => void
  categories: Pick<Category, 'slug' | 'name_en' | 'name_ar'>[]
}

export function SearchPage({ asked, onAsk, categories }: Props) {
  const { t, i18n } = useTranslation()
  const search = useCallback((q: string) => onAsk({ ...asked, q: q || undefined }), [asked, onAsk])
  const choose = (change: Partial<Asked>) => onAsk({ ...asked, ...change })
  return (
    <Page title={asked.q ? t('search.titleFor', { words: asked.q }) : t('search.title')}>
      <search className={styles.form}>
        <SearchBox
          label={t('search.label')}
          placeholder={t('search.hint')}
          value={asked.q ?? ''}
          onSearch={search}
        />
        <div className={styles.choices}>
          <NativeSelect
            label={t('search.category')}
            value={asked.category ?? ''}
            onChange={(event) => choose({ category: event.currentTarget.value || undefined })}
            data={[
              { value: '', label: t('search.anyCategory') },
              ...categories.map(({ slug, name_en, name_ar }) => ({
                value: slug,
                label: i18n.language === 'ar' ? name_ar : name_en,
              })),
            ]}
          />
          <NativeSelect
            label={t('search.state')}
            value={asked.answered ?? ''}
            onChange={(event) => {
              const chosen = event.currentTarget.value
              choose({ answered: chosen === 'yes' || chosen === 'no' ? chosen : undefined })
            }}
            data={[
              { value: '', label: t('search.anyState') },
              { value: 'yes', label: t('search.answered') },
              { value: 'no', label: t('search.unanswered') },
            ]}
          />
        </div>
      </search>
      {asked.q ? <Found asked={asked} /> : <NothingAsked />}
    </Page>
  )
}

function NothingAsked() {
  const { t } = useTranslation()
  return (
    <EmptyState icon={<IconSearch size={24} stroke={1.5} />} title={t('search.nothingAsked')}>
      {t('search.nothingAskedHelp')}
    </EmptyState>
  )
}

function Found({ asked }: { asked: Asked }) {
  const { t } = useTranslation()
  const found = useInfiniteQuery(forumSearchQuery(asked))
  if (found.isPending) return <SkeletonList label={t('ui.loading')} rows={6} kind="row" />
  if (found.isError && !found.data) {
    return <ErrorState title={t('search.failed')} error={found.error} onRetry={() => void found.refetch()} />
  }
  const results = found.data.pages.flatMap((page) => page.results)
  const corrected = found.data.pages[0]?.corrected
  return (
    <>
      <p role="status" className={styles.status}>
        {results.length > 0 &&
          (corrected ? (
            <Trans
              i18nKey="search.corrected"
              values={{ asked: asked.q, corrected }}
              components={{ asked: <bdi />, corrected: <bdi className={styles.corrected} /> }}
            />
          ) : (
            t('search.count', { count: results.length })
          ))}
      </p>
      {results.length === 0 ? (
        <EmptyState
          icon={<IconSearch size={24} stroke={1.5} />}
          title={t('search.nothing')}
          action={
            <LinkButton to={urls.newTopic} variant="default">
              {t('forum.openTopic')}
            </LinkButton>
          }
        >
          {t('search.nothingHelp')}
        </EmptyState>
      ) : (
        <ul aria-label={t('search.results')} aria-busy={found.isPlaceholderData}>
          {results.map((each) => (
            <FoundTopicRow key={each.topic.id} found={each} />
          ))}
        </ul>
      )}
      <LoadMore list={found}>{t('search.more')}</LoadMore>
    </>
  )
}
