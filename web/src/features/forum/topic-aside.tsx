import type { Topic } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { exactTime } from '../../lib/format.ts'
import { FollowControl } from './following/follow-control.tsx'
import styles from './topic-aside.module.css'
import { TopicMarks } from './topic-row.tsx'
import type { LiveTopic } from './use-live-topic.ts'
import { WhoIsHere } from './who-is-here.tsx'

export function TopicAside({ topic, live }: { topic: Topic | null; live: LiveTopic }) {
  const { t, i18n } = useTranslation()
  return (
    <>
      <WhoIsHere live={live} />
      {topic && <FollowControl topic={topic} />}
      {topic && (
        <section className={styles.about}>
          <h2 className={styles.title}>{t('forum.aboutTopic')}</h2>
          <dl className={styles.facts}>
            <dt>{t('forum.opened')}</dt>
            <dd>
              <time dateTime={topic.created_at}>{exactTime(topic.created_at, i18n.language)}</time>
            </dd>
            <dt>{t('forum.visibility')}</dt>
            <dd>{t(topic.visibility === 'community' ? 'forum.toCommunity' : 'forum.ownOrganizationOnly')}</dd>
          </dl>
          <p className={styles.marks}>
            <TopicMarks topic={{ ...topic, visibility: 'community' }} />
          </p>
        </section>
      )}
    </>
  )
}
