import { type ComboboxItem, MultiSelect, type OptionsFilter } from '@mantine/core'
import { fold, forumLimits, type TagEntry } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ownEnter } from '../../../ui/form.tsx'
import { useCategoryWords } from '../category-name.ts'
import { tagsQuery } from './tags-query.ts'

type Props = { value: string[]; onChange: (slugs: string[]) => void; error: string | null; readOnly: boolean }

/** Up to five words of the vocabulary, found in either language or by another spelling. */
export function TagPicker({ value, onChange, error, readOnly }: Props) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  const tags = useQuery(tagsQuery)
  const [sought, setSought] = useState('')
  const known = tags.data ?? []
  const choices = known.filter((tag) => !tag.retired_at || value.includes(tag.slug))
  if (tags.isSuccess && choices.length === 0) return null
  return (
    <MultiSelect
      size="md"
      label={t('asking.tags')}
      description={t('asking.tagsHelp')}
      placeholder={value.length < forumLimits.tagsMax ? t('asking.findTag') : ''}
      data={choices.map((tag) => ({ value: tag.slug, label: words.name(tag) }))}
      value={value}
      onChange={onChange}
      maxValues={forumLimits.tagsMax}
      searchable
      searchValue={sought}
      onSearchChange={setSought}
      selectFirstOptionOnChange={sought !== ''}
      {...ownEnter}
      hidePickedOptions
      filter={byWord(choices)}
      nothingFoundMessage={t('asking.noTag')}
      comboboxProps={{ shadow: 'none' }}
      error={error}
      readOnly={readOnly}
    />
  )
}

const byWord =
  (tags: TagEntry[]): OptionsFilter =>
  ({ options, search }) => {
    const sought = fold(search.trim())
    const says = ({ slug, name_en, name_ar, synonyms }: TagEntry) =>
      [slug, name_en, name_ar, ...synonyms].some((word) => fold(word).includes(sought))
    const fitting = new Set(tags.filter(says).map(({ slug }) => slug))
    return options.filter((option): option is ComboboxItem => 'value' in option && fitting.has(option.value))
  }
