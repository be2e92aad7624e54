import { useTranslation } from 'react-i18next'
import styles from './next-steps.module.css'

/** What will happen after the form is sent. */
export function NextSteps() {
  const { t } = useTranslation()
  const steps = [t('identity.steps.mail'), t('identity.steps.confirm'), t('identity.steps.ask')]
  return (
    <section aria-labelledby="next-steps">
      <h2 id="next-steps" className={styles.title}>
        {t('identity.steps.title')}
      </h2>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  )
}
