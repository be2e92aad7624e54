import { organizationSizes } from '@p2p/contracts'
import { IconBuildingFactory2 } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { useCityOptions, useIndustryOptions } from '../../lib/reference.ts'
import { Page } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { FilterSelect } from './filter-select.tsx'
import styles from './filters.module.css'
import { CityCredit, FoundList } from './found-list.tsx'
import { OrganizationRow } from './organization-row.tsx'
import { type OrganizationsAsked, organizationsQuery } from './queries.ts'

type Props = {
  asked: OrganizationsAsked
  /** Writes what is asked for into the address. */
  onAsk: (asked: OrganizationsAsked) => void
}

export function OrganizationsPage({ asked, onAsk }: Props) {
  const { t } = useTranslation()
  const found = useInfiniteQuery(organizationsQuery(asked))
  const search = useCallback((q: string) => onAsk({ ...asked, q: q || undefined }), [asked, onAsk])
  const companies = found.data?.pages.flatMap((page) => page.organizations) ?? null
  const { sort: _, ...narrowing } = asked

  return (
    <Page
      title={t('directory.organizations')}
      lead={t('directory.organizationsLead')}
      actions={<Link to={urls.people}>{t('directory.people')}</Link>}
    >
      <search className={styles.filters}>
        <SearchBox
          label={t('directory.searchOrganizations')}
          placeholder={t('directory.searchOrganizationsHint')}
          value={asked.q ?? ''}
          onSearch={search}
        />
        <Choices asked={asked} onAsk={onAsk} />
      </search>
      <FoundList
        label={t('directory.organizations')}
        count={found.data?.pages[0]?.count ?? null}
        countWords={(count, shown) => t('directory.organizationsFound', { count, shown })}
        found={found}
        failed={t('directory.organizationsFailed')}
        rows={
          companies?.map((company) => <OrganizationRow key={company.id} organization={company} />) ?? null
        }
        empty={{
          icon: <IconBuildingFactory2 size={24} stroke={1.5} />,
          title: t('directory.noOrganization'),
          help: t('directory.noOrganizationHelp'),
        }}
        isNarrowed={Object.values(narrowing).some((value) => value !== undefined)}
        onClear={() => onAsk({ sort: asked.sort })}
      />
      <CityCredit />
    </Page>
  )
}

function Choices({ asked, onAsk }: Props) {
  const { t } = useTranslation()
  const industries = useIndustryOptions({ withSections: true })
  const cities = useCityOptions()
  const ask = (change: Partial<OrganizationsAsked>) => onAsk({ ...asked, ...change })
  return (
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
      <FilterSelect
        label={t('organizations.size')}
        data={organizationSizes.map((value) => ({ value, label: t(`organizations.sizes.${value}`) }))}
        value={asked.size}
        onChoose={(size) => ask({ size: organizationSizes.find((each) => each === size) })}
      />
      <FilterSelect
        label={t('directory.register')}
        data={[{ value: 'yes', label: t('directory.verifiedOnly') }]}
        value={asked.verified}
        onChoose={(only) => ask({ verified: only ? 'yes' : undefined })}
      />
      <FilterSelect
        label={t('directory.sort')}
        none={t('directory.byName')}
        data={[{ value: 'newest', label: t('directory.newest') }]}
        value={asked.sort === 'newest' ? 'newest' : undefined}
        onChoose={(sort) => ask({ sort: sort ? 'newest' : undefined })}
      />
    </div>
  )
}
