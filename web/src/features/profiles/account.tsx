import type { Member } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import styles from './profile-page.module.css'

/** What is not one's own to change here. */
export function Account({ me }: { me: Member }) {
  const { t } = useTranslation()
  return (
    <section className={styles.account} aria-labelledby="account">
      <h2 id="account">{t('profiles.account')}</h2>
      <dl>
        <dt>{t('profiles.email')}</dt>
        <dd>
          <bdi dir="ltr">{me.email}</bdi>
          <p className={styles.quiet}>{t('profiles.emailWho')}</p>
        </dd>
        <dt>{t('profiles.organization')}</dt>
        <dd>
          <bdi>{me.organization.name}</bdi>
        </dd>
        <dt>{t('profiles.role')}</dt>
        <dd>{t(`profiles.roles.${me.role}`)}</dd>
      </dl>
    </section>
  )
}
