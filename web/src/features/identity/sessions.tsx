import { Button } from '@mantine/core'
import type { SessionRow } from '@p2p/contracts'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { deviceOf } from './device-name.ts'
import { sessionsQuery } from './queries.ts'
import styles from './security.module.css'
import { useEndAllSessions, useEndOtherSessions, useEndSession } from './security-actions.ts'

/** Where one is signed in; each can be ended, and all of them. */
export function Sessions() {
  const { t } = useTranslation()
  const sessions = useQuery(sessionsQuery)
  if (sessions.error && !sessions.data) {
    return (
      <ErrorState
        title={t('security.sessions.failed')}
        error={sessions.error}
        onRetry={() => void sessions.refetch()}
      />
    )
  }
  if (!sessions.data) return <SkeletonList label={t('security.sessions.loading')} rows={2} kind="row" />
  return (
    <>
      <ul className={styles.list}>
        {sessions.data.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </ul>
      <EndMany others={sessions.data.length - 1} />
    </>
  )
}

function Row({ session }: { session: SessionRow }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const end = useEndSession()
  const device = deviceOf(session.user_agent)
  const Icon = device?.kind === 'phone' ? IconDeviceMobile : IconDeviceDesktop
  const name = device ? t('security.sessions.device', device) : t('security.sessions.unknown')
  return (
    <li className={styles.row}>
      <span className={styles.icon} aria-hidden="true">
        <Icon size={20} stroke={1.5} />
      </span>
      <div>
        <div className={styles.name}>
          <span>{name}</span>
          {session.current && <span className={styles.here}>{t('security.sessions.here')}</span>}
        </div>
        <div className={styles.facts}>
          <span>
            {t('security.sessions.used')} <RelativeTime at={session.used_at} />
          </span>
          <span>
            {t('security.sessions.since')} <RelativeTime at={session.started_at} />
          </span>
          {session.ip && <bdi dir="ltr">{session.ip}</bdi>}
          <span>{session.remembered ? t('security.sessions.remembered') : t('security.sessions.short')}</span>
        </div>
        {end.error && <Notice tone="danger">{sentence(end.error)}</Notice>}
      </div>
      {!session.current && (
        <Button
          variant="default"
          size="sm"
          loading={end.isPending}
          onClick={() => end.mutate(session.id)}
          aria-label={t('security.sessions.endName', { device: name })}
        >
          {t('security.sessions.end')}
        </Button>
      )}
    </li>
  )
}

function EndMany({ others }: { others: number }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const endOthers = useEndOtherSessions()
  const endAll = useEndAllSessions()
  const [asking, setAsking] = useState(false)
  const error = endOthers.error ?? endAll.error
  return (
    <>
      {endOthers.isSuccess && others === 0 && (
        <Notice tone="done">{t('security.sessions.othersEnded')}</Notice>
      )}
      {error && <Notice tone="danger">{sentence(error)}</Notice>}
      {asking ? (
        <div
          role="alertdialog"
          aria-label={t('security.sessions.endAllQuestion')}
          className={styles.question}
        >
          <p>{t('security.sessions.endAllQuestion')}</p>
          <div className={styles.actions}>
            <Button color="danger" size="sm" loading={endAll.isPending} onClick={() => endAll.mutate()}>
              {t('security.sessions.endAllNow')}
            </Button>
            <Button variant="default" size="sm" onClick={() => setAsking(false)} autoFocus>
              {t('security.sessions.stay')}
            </Button>
          </div>
        </div>
      ) : (
        <div className={styles.actions}>
          {others > 0 && (
            <Button
              variant="default"
              size="sm"
              loading={endOthers.isPending}
              onClick={() => endOthers.mutate()}
            >
              {t('security.sessions.endOthers')}
            </Button>
          )}
          <Button variant="subtle" color="danger" size="sm" onClick={() => setAsking(true)}>
            {t('security.sessions.endAll')}
          </Button>
        </div>
      )}
    </>
  )
}
