import { TextInput } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { companyName, useCityOptions, useIndustryOptions } from '../../lib/reference.ts'
import { ownDirection } from '../../ui/form.tsx'
import { Page } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { FilterSelect } from './filter-select.tsx'
import styles from './filters.module.css'
import { CityCredit, FoundList } from './found-list.tsx'
import { PersonRow } from './person-row.tsx'
import { organizationQuery, type PeopleAsked, peopleQuery } from './queries.ts'

type Props = {
  asked: PeopleAsked
  /** Writes what is asked for into the address. */
  onAsk: (asked: PeopleAsked) => void
}

export function PeoplePage({ asked, onAsk }: Props) {
  const { t } = useTranslation()
  const industries = useIndustryOptions({ withSections: true })
  const cities = useCityOptions()
  const found = useInfiniteQuery(peopleQuery(asked))
  const ask = (change: Partial<PeopleAsked>) => onAsk({ ...asked, ...change })
  const search = useCallback((q: string) => onAsk({ ...asked, q: q || undefined }), [asked, onAsk])
  const people = found.data?.pages.flatMap((page) => page.people) ?? null

  return (
    <Page
      title={t('directory.people')}
      lead={t('directory.peopleLead')}
      actions={<Link to={urls.organizations}>{t('directory.organizations')}</Link>}
    >
      <search className={styles.filters}>
        <SearchBox
          label={t('directory.searchPeople')}
          placeholder={t('directory.searchPeopleHint')}
          value={asked.q ?? ''}
          onSearch={search}
        />
        <div className={styles.choices}>
          <FilterSelect
            label={t('organizations.industry')}
            data={industries}
            value={asked.industry}
            onChoose={(industry) => ask({ industry })}
          />
          <FilterSelect
            label={t('organizations.city')}
            data={cities}
            value={asked.city?.toString()}
            onChoose={(city) => ask({ city: city === undefined ? undefined : Number(city) })}
          />
          <ExpertiseFilter
            key={asked.expertise}
            value={asked.expertise ?? ''}
            onChoose={(expertise) => ask({ expertise })}
          />
        </div>
        {asked.organization && <OnlyCompany id={asked.organization} />}
      </search>
      <FoundList
        label={t('directory.people')}
        count={found.data?.pages[0]?.count ?? null}
        countWords={(count, shown) => t('directory.peopleFound', { count, shown })}
        found={found}
        failed={t('directory.peopleFailed')}
        rows={people?.map((person) => <PersonRow key={person.id} person={person} />) ?? null}
        empty={{
          icon: <IconUsers size={24} stroke={1.5} />,
          title: t('directory.nobody'),
          help: t('directory.nobodyHelp'),
        }}
        isNarrowed={Object.values(asked).some((value) => value !== undefined)}
        onClear={() => onAsk({})}
      />
      <CityCredit />
    </Page>
  )
}

/** A tag as people write it; asked for when the field is left or Enter is pressed. */
function ExpertiseFilter({
  value,
  onChoose,
}: {
  value: string
  onChoose: (tag: string | undefined) => void
}) {
  const { t } = useTranslation()
  const choose = (text: string) => text.trim() !== value && onChoose(text.trim() || undefined)
  return (
    <TextInput
      label={t('directory.expertise')}
      placeholder={t('directory.expertiseHint')}
      defaultValue={value}
      {...ownDirection}
      maxLength={40}
      onBlur={(event) => choose(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && choose(event.currentTarget.value)}
    />
  )
}

function OnlyCompany({ id }: { id: string }) {
  const { t, i18n } = useTranslation()
  const { data } = useQuery(organizationQuery(id))
  if (!data) return null
  return (
    <p>
      {t('directory.onlyOf')}{' '}
      <Link to={urls.organization} params={{ organization: id }}>
        <bdi>{companyName(data, i18n.language)}</bdi>
      </Link>
    </p>
  )
}
