import { Button, Text } from '@mantine/core'
import type { NotificationKind } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { formatList } from '../../lib/format.ts'
import { useSentence } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useUnsubscribe } from './actions.ts'
import styles from './notifications.module.css'
import { linkQuery } from './queries.ts'

/** Ends mails without signing in: the link of the mail is enough. Opening it ends nothing, since scanners open links too. */
export function UnsubscribePage({ token }: { token: string }) {
  const { t } = useTranslation()
  const { data: link, error, refetch } = useQuery(linkQuery(token))
  const end = useUnsubscribe()
  if (error) {
    return (
      <FormPage title={t('notifications.leave.title')}>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </FormPage>
    )
  }
  if (end.data) return <Ended kinds={end.data.kinds} />
  return (
    <FormPage
      title={t('notifications.leave.title')}
      lead={t('notifications.leave.lead')}
      footer={<Link to={urls.notificationSettings}>{t('notifications.leave.choose')}</Link>}
    >
      {link ? (
        <Choice kinds={link.kinds} end={end} token={token} />
      ) : (
        <div role="status" aria-label={t('ui.loading')}>
          <Skeleton height="6rem" />
        </div>
      )}
    </FormPage>
  )
}

type ChoiceProps = { kinds: NotificationKind[]; end: ReturnType<typeof useUnsubscribe>; token: string }

function Choice({ kinds, end, token }: ChoiceProps) {
  const { t } = useTranslation()
  const sentence = useSentence()
  return (
    <div className={styles.pair}>
      <Text>{t('notifications.leave.about', { kinds: useKindNames(kinds) })}</Text>
      <Button loading={end.isPending} onClick={() => end.mutate({ token, end: 'these' })}>
        {t('notifications.leave.these')}
      </Button>
      <Button
        variant="default"
        disabled={end.isPending}
        onClick={() => end.mutate({ token, end: 'everything' })}
      >
        {t('notifications.leave.everything')}
      </Button>
      {end.error && <Notice tone="danger">{sentence(end.error)}</Notice>}
    </div>
  )
}

function Ended({ kinds }: { kinds: NotificationKind[] }) {
  const { t } = useTranslation()
  return (
    <FormPage
      title={t('notifications.leave.doneTitle')}
      footer={<Link to={urls.notificationSettings}>{t('notifications.leave.choose')}</Link>}
    >
      <Notice tone="done">{t('notifications.leave.done', { kinds: useKindNames(kinds) })}</Notice>
    </FormPage>
  )
}

function useKindNames(kinds: NotificationKind[]): string {
  const { t, i18n } = useTranslation()
  return formatList(
    kinds.map((kind) => t(`notifications.kinds.${kind}`)),
    i18n.language,
  )
}
