import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { organizationLimits, organizationSizes } from '@p2p/contracts'
import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useCityOptions, useIndustryOptions } from '../../lib/reference.ts'
import { useFieldError } from '../../lib/sentence.ts'
import { FieldPair, ownDirection } from '../../ui/form.tsx'
import type { CompanyForm, CompanyValues } from './company-values.ts'

const useCompanyForm = () => useFormContext<CompanyValues, unknown, CompanyForm>()

export function CompanyFields() {
  const { t } = useTranslation()
  const fieldError = useFieldError()
  const { register, formState } = useCompanyForm()
  const { errors } = formState
  return (
    <>
      <TextInput
        label={t('organizations.name')}
        autoComplete="organization"
        {...ownDirection}
        required
        withAsterisk={false}
        {...register('name')}
        error={fieldError(errors.name)}
      />
      <TextInput
        label={t('organizations.nameAr')}
        description={t('organizations.nameArHelp')}
        lang="ar"
        dir="rtl"
        {...register('name_ar')}
        error={fieldError(errors.name_ar)}
      />
      <Choices />
      <TextInput
        label={t('organizations.website')}
        description={t('organizations.websiteHelp')}
        type="url"
        inputMode="url"
        autoComplete="url"
        dir="ltr"
        {...register('website')}
        error={fieldError(errors.website)}
      />
      <About />
    </>
  )
}

function Choices() {
  const { t } = useTranslation()
  const fieldError = useFieldError()
  const { register, formState, control } = useCompanyForm()
  const { errors } = formState
  const industries = useIndustryOptions({ withSections: true })
  const cities = useCityOptions()
  const none = { value: '', label: t('organizations.notSaid') }
  // The choices come a moment later; what is chosen already must be there to be shown.
  const [industry, city] = useWatch({ control, name: ['industry', 'city_id'] })
  return (
    <>
      <NativeSelect
        key={`industries-${industries.length}`}
        label={t('organizations.industry')}
        description={t('organizations.industryHelp')}
        data={[none, ...(industries.length ? industries : shown(industry))]}
        {...register('industry')}
        error={fieldError(errors.industry)}
      />
      <FieldPair>
        <NativeSelect
          label={t('organizations.size')}
          data={[
            none,
            ...organizationSizes.map((value) => ({ value, label: t(`organizations.sizes.${value}`) })),
          ]}
          {...register('size')}
          error={fieldError(errors.size)}
        />
        <NativeSelect
          key={`cities-${cities.length}`}
          label={t('organizations.city')}
          description={t('organizations.cityHelp')}
          data={[none, ...(cities.length ? cities : shown(city))]}
          {...register('city_id')}
          error={fieldError(errors.city_id)}
        />
      </FieldPair>
    </>
  )
}

const shown = (value: string | null) => (value ? [{ value, label: '…' }] : [])

function About() {
  const { t } = useTranslation()
  const fieldError = useFieldError()
  const { register, formState, control } = useCompanyForm()
  const written = useWatch({ control, name: 'about' })?.length ?? 0
  const count = t('organizations.aboutCount', { written, most: organizationLimits.about })
  return (
    <Textarea
      label={t('organizations.about')}
      description={`${t('organizations.aboutHelp')} ${count}`}
      size="md"
      rows={7}
      {...ownDirection}
      {...register('about')}
      error={fieldError(formState.errors.about)}
    />
  )
}
