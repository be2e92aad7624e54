import { IconLanguage, IconMessages, IconShieldCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { LinkButton } from '../ui/link-button.tsx'
import styles from './landing-page.module.css'
import { urls } from './urls.ts'

/** For a visitor: what this is, and the way in. */
export function LandingPage() {
  const { t } = useTranslation()
  const reasons = [
    { key: 'ask', Icon: IconMessages },
    { key: 'equal', Icon: IconLanguage },
    { key: 'verified', Icon: IconShieldCheck },
  ] as const
  return (
    <div className={styles.page}>
      <title>{`P2P Sandbox · ${t('landing.title')}`}</title>
      <section className={styles.hero}>
        <div className={styles.words}>
          <h1 className={styles.title} tabIndex={-1}>
            {t('landing.title')}
          </h1>
          <p className={styles.lead}>{t('landing.lead')}</p>
          <div className={styles.ways}>
            <LinkButton to={urls.signUp} size="lg">
              {t('landing.signUp')}
            </LinkButton>
            <LinkButton to={urls.signIn} size="lg" variant="default">
              {t('identity.signIn')}
            </LinkButton>
          </div>
        </div>
        <SampleThread />
      </section>
      <ul className={styles.reasons}>
        {reasons.map(({ key, Icon }) => (
          <li key={key}>
            <Icon size={24} stroke={1.5} aria-hidden="true" />
            <h2>{t(`landing.${key}.title`)}</h2>
            <p>{t(`landing.${key}.text`)}</p>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What a conversation looks like, in both languages, labelled as the example it is. */
function SampleThread() {
  const { t } = useTranslation()
  return (
    <figure className={styles.sample}>
      <figcaption>{t('landing.sample.label')}</figcaption>
      <blockquote dir="auto">
        <p className={styles.speaker}>{t('landing.sample.asker')}</p>
        <p>{t('landing.sample.question')}</p>
      </blockquote>
      <blockquote className={styles.answer} dir="auto">
        <p className={styles.speaker}>{t('landing.sample.answerer')}</p>
        <p>{t('landing.sample.answer')}</p>
      </blockquote>
      <blockquote className={styles.answer} dir="auto">
        <p className={styles.speaker}>{t('landing.sample.second')}</p>
        <p>{t('landing.sample.secondAnswer')}</p>
      </blockquote>
    </figure>
  )
}
