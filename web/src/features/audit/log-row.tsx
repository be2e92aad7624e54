import type { AuditEvent } from '@p2p/contracts'
import { IconBan, IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { exactTime } from '../../lib/format.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Sentence, useLineWords } from './line-words.tsx'
import styles from './log-row.module.css'

type Props = {
  event: AuditEvent
  /** In everybody's log, whose company it concerns. */
  showOrganization: boolean
  onActor: (actor: string) => void
}

/** Who did what to whom and when; where from, and what else is known, on request. */
export function LogRow({ event, showOrganization, onActor }: Props) {
  const { t } = useTranslation()
  const words = useLineWords()
  const refused = event.outcome === 'refused'
  const Icon = refused ? IconBan : IconCheck
  return (
    <li className={styles.row} data-outcome={event.outcome}>
      <span className={styles.icon} aria-hidden="true">
        <Icon size={16} stroke={2} />
      </span>
      <div className={styles.main}>
        <p className={styles.sentence}>
          <Sentence event={event} />
        </p>
        {refused && (
          <p className={styles.reason}>
            <span className={styles.mark}>{t('audit.refused')}</span> {words.reason(event)}
          </p>
        )}
        <Changes event={event} />
        <p className={styles.meta}>
          <RelativeTime at={event.happened_at} />
          {showOrganization && event.organization && <bdi>{event.organization}</bdi>}
        </p>
        <Details event={event} onActor={onActor} />
      </div>
    </li>
  )
}

function Changes({ event }: { event: AuditEvent }) {
  const { t } = useTranslation()
  const words = useLineWords()
  const changes = words.changes(event)
  if (changes.length === 0) return null
  return (
    <ul className={styles.changes}>
      {changes.map(({ key, name, before, after }) => (
        <li key={key}>
          <span className={styles.field}>{name}</span>{' '}
          {before !== null && after !== null
            ? t('audit.arrow', { before, after })
            : `${before ?? after ?? ''}`}
        </li>
      ))}
    </ul>
  )
}

function Details({ event, onActor }: { event: AuditEvent; onActor: (actor: string) => void }) {
  const { t, i18n } = useTranslation()
  const words = useLineWords()
  const { actor_id, origin } = event
  const subject = words.subjectName(event)
  return (
    <details className={styles.details}>
      <summary>{t('audit.details')}</summary>
      <dl>
        <dt>{t('audit.when')}</dt>
        <dd>{exactTime(event.happened_at, i18n.language)}</dd>
        <dt>{t('audit.action')}</dt>
        <dd>{words.actionName(event.action)}</dd>
        <dt>{t('audit.who')}</dt>
        <dd>
          <bdi>{words.actorName(event)}</bdi>
          {actor_id && (
            <button type="button" className={styles.only} onClick={() => onActor(actor_id)}>
              {t('audit.onlyActor')}
            </button>
          )}
        </dd>
        {subject && (
          <>
            <dt>{t('audit.subject')}</dt>
            <dd>
              <bdi>{subject}</bdi>
            </dd>
          </>
        )}
        <dt>{t('audit.from')}</dt>
        <dd>{origin?.ip ? <code>{origin.ip}</code> : t('audit.noOrigin')}</dd>
        {origin?.user_agent && (
          <>
            <dt>{t('audit.device')}</dt>
            <dd dir="ltr" className={styles.device}>
              {origin.user_agent}
            </dd>
          </>
        )}
        {event.request_id && (
          <>
            <dt>{t('audit.request')}</dt>
            <dd>
              <code>{event.request_id}</code>
            </dd>
          </>
        )}
        <dt>{t('audit.line')}</dt>
        <dd>{event.id}</dd>
      </dl>
    </details>
  )
}
