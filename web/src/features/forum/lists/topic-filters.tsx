import { Button, NativeSelect } from '@mantine/core'
import type { ListedTopic } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { companyName } from '../../../lib/reference.ts'
import { fullName } from '../../../ui/person.tsx'
import { useCategoryWords } from '../category-name.ts'
import styles from './lists.module.css'
import { tagsQuery } from './queries.ts'
import { isNarrowed, standings, type TopicsSearch } from './search.ts'

type Props = {
  search: TopicsSearch
  /** Writes what is asked for into the address. */
  onSearch: (search: TopicsSearch) => void
  /** What was found: it knows the name of a company or person that the address has the id of. */
  found: ListedTopic[]
}

export function TopicFilters({ search, onSearch, found }: Props) {
  const { t, i18n } = useTranslation()
  const me = useMember()
  const { name } = useCategoryWords()
  const tags = useQuery(tagsQuery).data ?? []
  const ask = (change: Partial<TopicsSearch>) => onSearch({ ...search, ...change })
  const { organization, author, tag } = search

  const company = found.find((topic) => topic.organization?.id === organization)?.organization
  const companies = [{ value: me.organization.id, label: t('lists.myCompany') }]
  if (organization && organization !== me.organization.id) {
    const label = company ? companyName(company, i18n.language) : t('lists.oneCompany')
    companies.push({ value: organization, label })
  }
  const person = found.find((topic) => topic.author?.id === author)?.author
  const words = tags.map((each) => ({ value: each.slug, label: name(each) }))
  if (tag && !words.some(({ value }) => value === tag)) words.push({ value: tag, label: tag })

  return (
    <search className={styles.filters} aria-label={t('lists.narrow')}>
      <Choice
        label={t('lists.show')}
        none={t('lists.everything')}
        data={standings.map((value) => ({ value, label: t(`lists.standings.${value}`) }))}
        value={search.show}
        onChoose={(value) => ask({ show: standings.find((each) => each === value) })}
      />
      <Choice
        label={t('lists.answer')}
        none={t('lists.any')}
        data={[
          { value: 'yes', label: t('lists.answered') },
          { value: 'no', label: t('lists.notAnswered') },
        ]}
        value={search.answered}
        onChoose={(value) => ask({ answered: value === 'yes' || value === 'no' ? value : undefined })}
      />
      <Choice
        label={t('lists.tag')}
        none={t('lists.any')}
        data={words}
        value={tag}
        onChoose={(value) => ask({ tag: value })}
      />
      <Choice
        label={t('lists.company')}
        none={t('lists.any')}
        data={companies}
        value={organization}
        onChoose={(value) => ask({ organization: value })}
      />
      {(author || isNarrowed(search)) && (
        <p className={styles.narrowed}>
          {author && <bdi>{person ? t('lists.by', { name: fullName(person) }) : t('lists.byOnePerson')}</bdi>}
          <Button variant="subtle" size="compact-sm" onClick={() => onSearch({ sort: search.sort })}>
            {t('lists.clear')}
          </Button>
        </p>
      )}
    </search>
  )
}

type ChoiceProps = {
  label: string
  /** What it is called to choose nothing. */
  none: string
  data: NonNullable<ComponentProps<typeof NativeSelect>['data']>
  value: string | undefined
  onChoose: (value: string | undefined) => void
}

const Choice = ({ label, none, data, value, onChoose }: ChoiceProps) => (
  <NativeSelect
    size="sm"
    label={label}
    data={[{ value: '', label: none }, ...data]}
    value={value ?? ''}
    onChange={(event) => onChoose(event.currentTarget.value || undefined)}
  />
)
