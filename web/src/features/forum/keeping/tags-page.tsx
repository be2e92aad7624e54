import { Button } from '@mantine/core'
import type { TagEntry } from '@p2p/contracts'
import { IconPlus, IconTag } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { tagsQuery } from '../asking/tags-query.ts'
import { useRetireTag } from './actions.ts'
import styles from './keeping.module.css'
import { MergeDialog } from './merge-dialog.tsx'
import { TagDialog } from './tag-dialog.tsx'

/** The vocabulary, for platform admins. */
export function TagsPage() {
  const { t } = useTranslation()
  const tags = useQuery(tagsQuery)
  const [edited, setEdited] = useState<TagEntry | 'new' | null>(null)
  const [merged, setMerged] = useState<TagEntry | null>(null)
  return (
    <Page
      title={t('keeping.tags')}
      lead={t('keeping.tagsLead')}
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden="true" />} onClick={() => setEdited('new')}>
          {t('keeping.newTag')}
        </Button>
      }
    >
      {tags.isPending && <SkeletonList label={t('ui.loading')} rows={6} kind="row" />}
      {tags.isError && !tags.data && (
        <ErrorState title={t('keeping.tagsFailed')} error={tags.error} onRetry={() => void tags.refetch()} />
      )}
      {tags.data?.length === 0 && (
        <EmptyState icon={<IconTag size={24} stroke={1.5} />} title={t('keeping.noTags')}>
          {t('keeping.noTagsHelp')}
        </EmptyState>
      )}
      {tags.data && tags.data.length > 0 && (
        <ul aria-label={t('keeping.tags')}>
          {tags.data.map((tag) => (
            <TagRow key={tag.slug} tag={tag} onEdit={setEdited} onMerge={setMerged} />
          ))}
        </ul>
      )}
      {edited && <TagDialog tag={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {merged && <MergeDialog tag={merged} onClose={() => setMerged(null)} />}
    </Page>
  )
}

type Row = { tag: TagEntry; onEdit: (tag: TagEntry) => void; onMerge: (tag: TagEntry) => void }

function TagRow({ tag, onEdit, onMerge }: Row) {
  const { t, i18n } = useTranslation()
  const sentence = useSentence()
  const retire = useRetireTag()
  const own = i18n.language === 'ar' ? tag.name_ar : tag.name_en
  const other = i18n.language === 'ar' ? tag.name_en : tag.name_ar
  const name = `${own} · ${other}`
  const act = tag.retired_at ? 'unretire' : 'retire'
  return (
    <li className={styles.row}>
      <IconTag size={20} stroke={1.5} aria-hidden="true" />
      <div className={styles.main}>
        <h2 className={styles.name}>
          <bdi>{own}</bdi> · <bdi>{other}</bdi>
        </h2>
        <p className={styles.meta}>
          <span>{t('forum.topicCount', { count: tag.topic_count })}</span>
          {tag.synonyms.map((synonym) => (
            <bdi key={synonym}>{synonym}</bdi>
          ))}
          {tag.retired_at && <span>{t('keeping.retired')}</span>}
        </p>
        {retire.error && <Notice tone="danger">{sentence(retire.error)}</Notice>}
      </div>
      <div className={styles.actions}>
        <Button
          variant="default"
          size="sm"
          aria-label={t('keeping.editNamed', { name })}
          onClick={() => onEdit(tag)}
        >
          {t('keeping.edit')}
        </Button>
        <Button
          variant="default"
          size="sm"
          aria-label={t('keeping.mergeNamed', { name })}
          onClick={() => onMerge(tag)}
        >
          {t('keeping.merge')}
        </Button>
        <Button
          variant="default"
          size="sm"
          loading={retire.isPending}
          aria-label={t(`keeping.${act}Named`, { name })}
          onClick={() => retire.mutate({ tag: tag.slug, retired: act === 'retire' })}
        >
          {t(`keeping.${act}`)}
        </Button>
      </div>
    </li>
  )
}
