import { ActionIcon, Button, VisuallyHidden } from '@mantine/core'
import type { Category } from '@p2p/contracts'
import { IconArrowDown, IconArrowUp, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { CategoryMark } from '../category-mark.tsx'
import { useCategoryWords } from '../category-name.ts'
import { categoriesQuery } from '../queries.ts'
import { useArchiveCategory, useOrderCategories } from './actions.ts'
import { CategoryDialog } from './category-dialog.tsx'
import styles from './keeping.module.css'

/** The shelves of the forum, for platform admins. */
export function CategoriesPage() {
  const { t } = useTranslation()
  const categories = useQuery(categoriesQuery)
  const [edited, setEdited] = useState<Category | 'new' | null>(null)
  return (
    <Page
      title={t('keeping.categories')}
      lead={t('keeping.categoriesLead')}
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden="true" />} onClick={() => setEdited('new')}>
          {t('keeping.newCategory')}
        </Button>
      }
    >
      {categories.isPending && <SkeletonList label={t('ui.loading')} rows={6} kind="row" />}
      {categories.isError && !categories.data && (
        <ErrorState
          title={t('forum.categoriesFailed')}
          error={categories.error}
          onRetry={() => void categories.refetch()}
        />
      )}
      {categories.data && <Categories categories={categories.data} onEdit={setEdited} />}
      {edited && (
        <CategoryDialog category={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
    </Page>
  )
}

const moved = (categories: Category[], place: number, by: -1 | 1) => {
  const others = categories.toSpliced(place, 1)
  const category = categories[place]
  return category ? others.toSpliced(place + by, 0, category) : categories
}

function Categories({
  categories,
  onEdit,
}: {
  categories: Category[]
  onEdit: (category: Category) => void
}) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  const sentence = useSentence()
  const order = useOrderCategories()
  const [said, setSaid] = useState('')
  const move = (place: number, by: -1 | 1) => {
    const category = categories[place]
    if (!category) return
    order.mutate(moved(categories, place, by))
    setSaid(t('keeping.movedTo', { name: words.name(category), place: place + by + 1 }))
  }
  return (
    <>
      {/* For who does not see the row move. */}
      <VisuallyHidden component="p" role="status">
        {said}
      </VisuallyHidden>
      {order.error && <Notice tone="danger">{sentence(order.error)}</Notice>}
      <ul aria-label={t('keeping.categories')}>
        {categories.map((category, place) => (
          <li key={category.id} className={styles.row}>
            <CategoryMark category={category} />
            <div className={styles.main}>
              <h2 className={styles.name}>{words.name(category)}</h2>
              <p className={styles.meta}>
                <span>{t('forum.topicCount', { count: category.topic_count })}</span>
                {category.template.length > 0 && (
                  <span>{t('keeping.fieldCount', { count: category.template.length })}</span>
                )}
                {category.posting === 'moderators' && <span>{t('keeping.postings.moderators')}</span>}
                {category.archived_at && <span>{t('keeping.archived')}</span>}
              </p>
            </div>
            <div className={styles.actions}>
              <ActionIcon
                variant="subtle"
                size="lg"
                disabled={place === 0}
                aria-label={t('keeping.moveUp', { name: words.name(category) })}
                onClick={() => move(place, -1)}
              >
                <IconArrowUp size={18} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size="lg"
                disabled={place === categories.length - 1}
                aria-label={t('keeping.moveDown', { name: words.name(category) })}
                onClick={() => move(place, 1)}
              >
                <IconArrowDown size={18} aria-hidden="true" />
              </ActionIcon>
              <Button
                variant="default"
                size="sm"
                aria-label={t('keeping.editNamed', { name: words.name(category) })}
                onClick={() => onEdit(category)}
              >
                {t('keeping.edit')}
              </Button>
              <Archive category={category} />
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}

/** Undone by the same button, so it asks nothing. */
function Archive({ category }: { category: Category }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  const sentence = useSentence()
  const archive = useArchiveCategory()
  const act = category.archived_at ? 'unarchive' : 'archive'
  return (
    <>
      <Button
        variant="default"
        size="sm"
        loading={archive.isPending}
        aria-label={t(`keeping.${act}Named`, { name: words.name(category) })}
        onClick={() => archive.mutate({ category: category.id, archived: act === 'archive' })}
      >
        {t(`keeping.${act}`)}
      </Button>
      {archive.error && <Notice tone="danger">{sentence(archive.error)}</Notice>}
    </>
  )
}
