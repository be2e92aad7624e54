import { answerPoints, type Reputation, votePoints } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import styles from './page.module.css'

/** What others find useful of a person, and how it is counted. */
export function Standing({ reputation }: { reputation: Reputation }) {
  const { t } = useTranslation()
  const { score, votes_received, answers_given } = reputation
  if (score === 0) return null
  return (
    <section className={styles.part}>
      <h2>{t('votes.standing')}</h2>
      <p>
        <strong>{t('votes.points', { count: score })}</strong>
        {' · '}
        {t('votes.received', { count: votes_received })}
        {' · '}
        {t('votes.answersGiven', { count: answers_given })}
      </p>
      <p className={styles.quiet}>{t('votes.standingHelp', { ...votePoints, answer: answerPoints })}</p>
    </section>
  )
}
