import { NativeSelect, Switch } from '@mantine/core'
import { MailPace, mailPaces, type NotificationPreference, type NotificationSettings } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { hourOf, weekdayOf } from '../../lib/format.ts'
import { useSentence } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useSetDigestTime, useSetPreference } from './actions.ts'
import styles from './notifications.module.css'
import { settingsQuery } from './queries.ts'

/** How one wants to be told, kind by kind, and when summaries go. */
export function NotificationSettingsPage() {
  const { t } = useTranslation()
  const { data: settings, error, refetch } = useQuery(settingsQuery)
  return (
    <Page title={t('notifications.settings')} lead={t('notifications.settingsLead')}>
      {settings ? (
        <Settings settings={settings} />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonList label={t('ui.loading')} rows={6} kind="row" />
      )}
    </Page>
  )
}

function Settings({ settings }: { settings: NotificationSettings }) {
  const sentence = useSentence()
  const setPreference = useSetPreference()
  return (
    <>
      <ul className={styles.kinds}>
        {settings.kinds.map((preference) => (
          <Kind key={preference.kind} preference={preference} onChange={setPreference.mutate} />
        ))}
      </ul>
      {setPreference.error && <Notice tone="danger">{sentence(setPreference.error)}</Notice>}
      <DigestTime settings={settings} />
    </>
  )
}

type KindProps = {
  preference: NotificationPreference
  onChange: (preference: NotificationPreference) => void
}

function Kind({ preference, onChange }: KindProps) {
  const { t } = useTranslation()
  const id = useId()
  const { kind, in_app, email } = preference
  const name = t(`notifications.kinds.${kind}`)
  return (
    <li className={styles.kind}>
      <div>
        <h2 id={id} className={styles.name}>
          {name}
        </h2>
        <p className={styles.help}>{t(`notifications.kindHelp.${kind}`)}</p>
      </div>
      <div className={styles.choices}>
        <Switch
          label={t('notifications.inApp')}
          aria-describedby={id}
          checked={in_app}
          onChange={(event) => onChange({ ...preference, in_app: event.currentTarget.checked })}
        />
        <NativeSelect
          aria-label={t('notifications.emailFor', { kind: name })}
          value={email}
          data={mailPaces.map((pace) => ({ value: pace, label: t(`notifications.paces.${pace}`) }))}
          onChange={(event) => onChange({ ...preference, email: MailPace.parse(event.currentTarget.value) })}
        />
      </div>
    </li>
  )
}

const range = (length: number) => Array.from({ length }, (_, value) => value)

function DigestTime({ settings: { hour, weekday, time_zone } }: { settings: NotificationSettings }) {
  const { t, i18n } = useTranslation()
  const id = useId()
  const sentence = useSentence()
  const setTime = useSetDigestTime()
  return (
    <section aria-labelledby={id} className={styles.section}>
      <h2 id={id} className={styles.heading}>
        {t('notifications.digestTitle')}
      </h2>
      <p className={styles.help}>
        {t('notifications.digestHelp')} <bdi>{time_zone}</bdi>
      </p>
      <div className={styles.times}>
        <NativeSelect
          label={t('notifications.hour')}
          value={String(hour)}
          data={range(24).map((each) => ({ value: String(each), label: hourOf(each, i18n.language) }))}
          onChange={(event) => setTime.mutate({ hour: Number(event.currentTarget.value), weekday })}
        />
        <NativeSelect
          label={t('notifications.weekday')}
          value={String(weekday)}
          data={range(7).map((each) => ({ value: String(each), label: weekdayOf(each, i18n.language) }))}
          onChange={(event) => setTime.mutate({ hour, weekday: Number(event.currentTarget.value) })}
        />
      </div>
      {setTime.error && <Notice tone="danger">{sentence(setTime.error)}</Notice>}
    </section>
  )
}
