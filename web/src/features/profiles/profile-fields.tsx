import { NativeSelect, Radio, TagsInput, Textarea, TextInput } from '@mantine/core'
import { audiences, fold, type ProfileForm, profileLimits } from '@p2p/contracts'
import { useMemo } from 'react'
import { Controller, useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { languageChoices } from '../../lib/i18n.ts'
import { useFieldError } from '../../lib/sentence.ts'
import { FieldPair, ownDirection } from '../../ui/form.tsx'
import type { ProfileValues } from './form-values.ts'
import styles from './profile-page.module.css'
import { timeZones } from './time-zones.ts'

const fromTheRight = { input: { dir: 'rtl', lang: 'ar' } }

const useProfileForm = () => useFormContext<ProfileValues, unknown, ProfileForm>()

export function ProfileFields({ organization }: { organization: string }) {
  const { t } = useTranslation()
  const fieldError = useFieldError()
  const { register, formState } = useProfileForm()
  const { errors } = formState
  return (
    <>
      <FieldPair>
        <TextInput
          label={t('profiles.firstName')}
          autoComplete="given-name"
          {...ownDirection}
          required
          withAsterisk={false}
          {...register('first_name')}
          error={fieldError(errors.first_name)}
        />
        <TextInput
          label={t('profiles.lastName')}
          autoComplete="family-name"
          {...ownDirection}
          required
          withAsterisk={false}
          {...register('last_name')}
          error={fieldError(errors.last_name)}
        />
      </FieldPair>
      <div className={styles.group}>
        <FieldPair>
          <TextInput
            label={t('profiles.firstNameAr')}
            attributes={fromTheRight}
            {...register('first_name_ar')}
            error={fieldError(errors.first_name_ar)}
          />
          <TextInput
            label={t('profiles.lastNameAr')}
            attributes={fromTheRight}
            {...register('last_name_ar')}
            error={fieldError(errors.last_name_ar)}
          />
        </FieldPair>
        <p className={styles.quiet}>{t('profiles.arabicNameHelp')}</p>
      </div>
      <TextInput
        label={t('profiles.jobTitle')}
        description={t('profiles.jobTitleHelp')}
        autoComplete="organization-title"
        {...ownDirection}
        {...register('job_title')}
        error={fieldError(errors.job_title)}
      />
      <About />
      <Expertise />
      <WhoSees organization={organization} />
      <FieldPair>
        <NativeSelect
          label={t('profiles.language')}
          description={t('profiles.languageHelp')}
          data={languageChoices}
          {...register('locale')}
        />
        <TimeZone />
      </FieldPair>
    </>
  )
}

function About() {
  const { t } = useTranslation()
  const fieldError = useFieldError()
  const { register, formState, control } = useProfileForm()
  const written = useWatch({ control, name: 'about' })?.length ?? 0
  const count = t('profiles.aboutCount', { written, most: profileLimits.about })
  return (
    <Textarea
      label={t('profiles.about')}
      description={`${t('profiles.aboutHelp')} ${count}`}
      size="md"
      rows={5}
      {...(written > 0 && ownDirection)}
      {...register('about')}
      error={fieldError(formState.errors.about)}
    />
  )
}

function Expertise() {
  const { t } = useTranslation()
  const fieldError = useFieldError()
  const { control, formState } = useProfileForm()
  const { expertise } = formState.errors
  // The fault may be of the list or of one of its tags; either way it is said once.
  const fault = Array.isArray(expertise) ? expertise.find(Boolean) : expertise
  return (
    <Controller
      control={control}
      name="expertise"
      render={({ field: { ref, ...field } }) => (
        <TagsInput
          {...field}
          ref={ref}
          label={t('profiles.expertise')}
          description={t('profiles.expertiseHelp', { most: profileLimits.expertise })}
          size="md"
          {...ownDirection}
          maxTags={profileLimits.expertise}
          maxLength={profileLimits.expertiseLength}
          splitChars={[',', '،', ';', '؛']}
          acceptValueOnBlur
          isDuplicate={(tag, tags) => tags.some((each) => fold(each) === fold(tag))}
          error={fieldError(fault)}
        />
      )}
    />
  )
}

function WhoSees({ organization }: { organization: string }) {
  const { t } = useTranslation()
  const { control } = useProfileForm()
  const help = {
    community: t('profiles.audiences.communityHelp'),
    organization: t('profiles.audiences.organizationHelp', { organization: `\u2068${organization}\u2069` }),
  }
  return (
    <Controller
      control={control}
      name="audience"
      render={({ field }) => (
        <Radio.Group {...field} size="md" label={t('profiles.audience')}>
          <div className={styles.choices}>
            {audiences.toReversed().map((audience) => (
              <Radio
                key={audience}
                value={audience}
                label={t(`profiles.audiences.${audience}`)}
                description={help[audience]}
                size="md"
              />
            ))}
          </div>
        </Radio.Group>
      )}
    />
  )
}

function TimeZone() {
  const { t } = useTranslation()
  const fieldError = useFieldError()
  const { register, formState } = useProfileForm()
  const chosen = formState.defaultValues?.time_zone ?? 'Asia/Riyadh'
  const zones = useMemo(() => timeZones(chosen), [chosen])
  return (
    <NativeSelect
      label={t('profiles.timeZone')}
      description={t('profiles.timeZoneHelp')}
      data={[
        { group: t('profiles.nearby'), items: zones.nearby },
        { group: t('profiles.allZones'), items: zones.all },
      ]}
      {...register('time_zone')}
      error={fieldError(formState.errors.time_zone)}
    />
  )
}
