import type { Member } from '@p2p/contracts'
import { useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { PersonCard, Tags } from '../../ui/person.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import type { ProfileValues } from './form-values.ts'
import styles from './profile-page.module.css'

/** The person as others will see them, while it is being written. */
export function ProfilePreview({ me }: { me: Member }) {
  const { t } = useTranslation()
  const values = useWatch<ProfileValues>() as ProfileValues
  const person = { ...me, ...values, job_title: values.job_title?.trim() || null }
  const about = values.about?.trim() ?? ''
  const isEmpty = about === '' && values.expertise.length === 0
  return (
    <section className={styles.preview}>
      <h2>{t('profiles.preview')}</h2>
      <div className={styles.card}>
        <PersonCard person={person} />
        {isEmpty && <p className={styles.quiet}>{t('profiles.previewNothing')}</p>}
        {about && (
          <p className={styles.about} dir="auto">
            {about}
          </p>
        )}
        {values.expertise.length > 0 && <Tags label={t('profiles.expertise')} tags={values.expertise} />}
        {!isEmpty && values.audience === 'organization' && (
          <p className={styles.quiet}>{t('profiles.previewHidden')}</p>
        )}
      </div>
    </section>
  )
}

export function PreviewShape() {
  const { t } = useTranslation()
  return (
    <section className={styles.preview}>
      <h2>{t('profiles.preview')}</h2>
      <Skeleton height="9rem" />
    </section>
  )
}
