import { listCities, listIndustries } from '@p2p/client'
import type { City, Industry } from '@p2p/contracts'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { supabase } from './supabase.ts'

type Named = { name_en: string; name_ar: string }

/** The name of a reference row in the page's language. */
export const named = (row: Named, language: string) => (language === 'ar' ? row.name_ar : row.name_en)

/** A company's name in the reader's script, where the company has told it. */
export const companyName = (company: { name: string; name_ar?: string | null }, language: string) =>
  (language === 'ar' && company.name_ar) || company.name

// They change with a release, not while somebody reads.
const forGood = { staleTime: Number.POSITIVE_INFINITY, gcTime: Number.POSITIVE_INFINITY }

const industriesQuery = queryOptions({
  queryKey: ['reference', 'industries'],
  queryFn: () => listIndustries(supabase),
  ...forGood,
})

const citiesQuery = queryOptions({
  queryKey: ['reference', 'cities'],
  queryFn: () => listCities(supabase),
  ...forGood,
})

type Option = { value: string; label: string }
type Group = { group: string; items: Option[] }

/**
 * Industries for a select: a group for each section, manufacturing first, with its divisions in it. `withSections`
 * where a whole section can be chosen as well.
 */
export function useIndustryOptions({ withSections }: { withSections: boolean }): Group[] {
  const { t, i18n } = useTranslation()
  const { data } = useQuery(industriesQuery)
  return useMemo(() => {
    const option = (row: Industry) => ({ value: row.code, label: named(row, i18n.language) })
    const first = ({ code }: Industry) => (code === 'C' ? 0 : 1)
    const sections = (data ?? []).filter(({ section }) => section === null)
    return sections
      .toSorted((one, other) => first(one) - first(other) || one.code.localeCompare(other.code))
      .map((section) => {
        const divisions = (data ?? []).filter((row) => row.section === section.code).map(option)
        const name = named(section, i18n.language)
        const whole = { value: section.code, label: t('organizations.wholeSection', { name }) }
        return { group: name, items: withSections ? [whole, ...divisions] : divisions }
      })
  }, [data, i18n.language, t, withSections])
}

/** Cities for a select: a group for each country, the Kingdom first, in the order of their names. */
export function useCityOptions(): Group[] {
  const { i18n } = useTranslation()
  const { data } = useQuery(citiesQuery)
  return useMemo(() => {
    const { language } = i18n
    const countryName = new Intl.DisplayNames([language], { type: 'region' })
    const byName = new Intl.Collator(language)
    const option = (city: City) => ({ value: String(city.id), label: named(city, language) })
    const countries = [...new Set((data ?? []).map(({ country }) => country))]
    return countries
      .map((country) => ({
        group: countryName.of(country) ?? country,
        isFirst: country === 'SA',
        items: (data ?? [])
          .filter((city) => city.country === country)
          .map(option)
          .toSorted((one, other) => byName.compare(one.label, other.label)),
      }))
      .toSorted(
        (one, other) => Number(other.isFirst) - Number(one.isFirst) || byName.compare(one.group, other.group),
      )
      .map(({ group, items }) => ({ group, items }))
  }, [data, i18n])
}
