import { Button, Switch } from '@mantine/core'
import type { JoinRequest } from '@p2p/contracts'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../lib/me.ts'
import { useSentence } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { type JoinAnswer, useDecideJoinRequest, useTakeJoinRequests } from './actions.ts'
import styles from './invitations.module.css'
import { joinRequestsQuery } from './queries.ts'

/** Who asks to be let in. A company without a domain of its own cannot be asked. */
export function JoinRequests() {
  const { t } = useTranslation()
  const { organization } = useMember()
  if (!organization.domain) return null
  return (
    <section className={styles.section} aria-labelledby="join-requests">
      <h2 id="join-requests" className={styles.title}>
        {t('invitations.requestsTitle')}
      </h2>
      <Requests domain={organization.domain} />
    </section>
  )
}

function Requests({ domain }: { domain: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const requests = useInfiniteQuery(joinRequestsQuery)
  const decide = useDecideJoinRequest()
  const take = useTakeJoinRequests()
  if (requests.isError && !requests.data) {
    return (
      <ErrorState
        title={t('invitations.requestsFailed')}
        error={requests.error}
        onRetry={() => void requests.refetch()}
      />
    )
  }
  const pages = requests.data?.pages ?? []
  const rows = pages.flatMap((page) => page.requests)
  const open = take.isPending ? take.variables : (pages[0]?.open ?? true)
  return (
    <>
      <Switch
        label={t('invitations.takeRequests', { domain })}
        description={t('invitations.takeRequestsHelp')}
        checked={open}
        disabled={requests.isPending}
        onChange={(event) => take.mutate(event.currentTarget.checked)}
      />
      {take.error && <Notice tone="danger">{sentence(take.error)}</Notice>}
      {decide.error && <Notice tone="danger">{sentence(decide.error)}</Notice>}
      {decide.isSuccess && (
        <Notice tone="done">
          {t(`invitations.decided.${decide.variables.decision}`, { email: decide.variables.request.email })}
        </Notice>
      )}
      {requests.isPending ? (
        <div role="status" aria-label={t('ui.loading')} className={styles.help}>
          <Skeleton width="60%" height="1lh" />
        </div>
      ) : rows.length === 0 ? (
        <p className={styles.help}>{t('invitations.noRequests')}</p>
      ) : (
        <ul aria-label={t('invitations.requestsTitle')}>
          {rows.map((request) => (
            <RequestRow key={request.id} request={request} onDecide={(answer) => decide.mutate(answer)} />
          ))}
        </ul>
      )}
      <LoadMore list={requests} tight>
        {t('invitations.moreRequests')}
      </LoadMore>
    </>
  )
}

function RequestRow({ request, onDecide }: { request: JoinRequest; onDecide: (answer: JoinAnswer) => void }) {
  const { t } = useTranslation()
  const name = `${request.first_name} ${request.last_name}`
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <span className={styles.name} dir="auto">
          {name}
        </span>
        <span className={styles.email} dir="ltr" data-second>
          {request.email}
        </span>
        {request.message && (
          <p className={styles.message} dir="auto">
            {request.message}
          </p>
        )}
        <p className={styles.meta}>
          <RelativeTime at={request.created_at} />
        </p>
      </div>
      <div className={styles.acts}>
        <Button
          size="compact-sm"
          aria-label={t('invitations.approveNamed', { name })}
          onClick={() => onDecide({ request, decision: 'approved' })}
        >
          {t('invitations.approve')}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t('invitations.declineNamed', { name })}
          onClick={() => onDecide({ request, decision: 'declined' })}
        >
          {t('invitations.decline')}
        </Button>
      </div>
    </li>
  )
}
