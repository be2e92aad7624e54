import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { type Invitation, invitationStates, type InvitationList as Page } from '@p2p/contracts'
import { IconMail, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ownDirection } from '../../ui/form.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { type InvitationAct, useInvitationAct } from './actions.ts'
import { InvitationRow } from './invitation-row.tsx'
import styles from './invitations.module.css'
import { type InvitationFilter, invitationsQuery } from './queries.ts'

type Props = { filter: InvitationFilter; onFilter: (filter: InvitationFilter) => void }

export function InvitationList({ filter, onFilter }: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const invitations = useInfiniteQuery(invitationsQuery(filter))
  const act = useInvitationAct()
  const [withdrawing, setWithdrawing] = useState<Invitation | null>(null)
  const ask = (asked: InvitationAct) =>
    asked.act === 'revoke' ? setWithdrawing(asked.invitation) : act.mutate(asked)

  return (
    <section className={styles.section} aria-labelledby="sent-invitations">
      <h2 id="sent-invitations" className={styles.title}>
        {t('invitations.sentTitle')}
      </h2>
      <Filter filter={filter} onFilter={onFilter} counts={invitations.data?.pages[0]?.counts} />
      {act.error && <Notice tone="danger">{sentence(act.error)}</Notice>}
      {act.isSuccess && (
        <Notice tone="done">
          {t(`invitations.acts.${act.variables.act}.done`, { email: act.variables.invitation.email })}
        </Notice>
      )}
      <Rows invitations={invitations} filtered={Boolean(filter.q || filter.state)} onAct={ask} />
      <Dialog
        opened={withdrawing !== null}
        onClose={() => setWithdrawing(null)}
        title={t('invitations.acts.revoke.question', { email: withdrawing?.email })}
      >
        <div className={styles.question}>
          <p>{t('invitations.acts.revoke.help')}</p>
          <div className={styles.answers}>
            <Button
              color="danger"
              data-autofocus
              onClick={() => {
                if (withdrawing) act.mutate({ act: 'revoke', invitation: withdrawing })
                setWithdrawing(null)
              }}
            >
              {t('invitations.acts.revoke.verb')}
            </Button>
            <Button variant="default" onClick={() => setWithdrawing(null)}>
              {t('invitations.keep')}
            </Button>
          </div>
        </div>
      </Dialog>
    </section>
  )
}

type FilterProps = Props & { counts: Page['counts'] | undefined }

function Filter({ filter, onFilter, counts }: FilterProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(filter.q ?? '')
  const search = useDebouncedCallback((typed: string) => {
    const { q: _, ...rest } = filter
    onFilter(typed.trim() ? { ...rest, q: typed.trim() } : rest)
  }, 250)
  return (
    <search className={styles.choices} aria-label={t('invitations.filter')}>
      <TextInput
        type="search"
        {...ownDirection}
        label={t('invitations.search')}
        leftSection={<IconSearch size={18} aria-hidden="true" />}
        maxLength={100}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          search(event.currentTarget.value)
        }}
      />
      <NativeSelect
        label={t('invitations.state')}
        value={filter.state ?? ''}
        onChange={(event) => {
          const { state: _, ...rest } = filter
          const state = invitationStates.find((each) => each === event.currentTarget.value)
          onFilter(state ? { ...rest, state } : rest)
        }}
        data={[
          { value: '', label: t('invitations.anyState') },
          ...invitationStates.map((state) => ({
            value: state,
            label: counts
              ? t('invitations.stateCount', { state: t(`invitations.states.${state}`), count: counts[state] })
              : t(`invitations.states.${state}`),
          })),
        ]}
      />
    </search>
  )
}

type RowsProps = {
  invitations: ReturnType<typeof useInfiniteQuery<Page>>
  filtered: boolean
  onAct: (asked: InvitationAct) => void
}

function Rows({ invitations, filtered, onAct }: RowsProps) {
  const { t } = useTranslation()
  if (invitations.isPending) return <SkeletonList label={t('ui.loading')} rows={4} kind="row" />
  if (invitations.isError && !invitations.data) {
    return (
      <ErrorState
        title={t('invitations.listFailed')}
        error={invitations.error}
        onRetry={() => void invitations.refetch()}
      />
    )
  }
  const rows = invitations.data?.pages.flatMap((page) => page.invitations) ?? []
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<IconMail size={24} stroke={1.5} />}
        title={t(filtered ? 'invitations.noneFound' : 'invitations.none')}
      >
        {t(filtered ? 'invitations.noneFoundHelp' : 'invitations.noneHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      <ul aria-label={t('invitations.sentTitle')}>
        {rows.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} onAct={onAct} />
        ))}
      </ul>
      <LoadMore list={invitations} tight>
        {t('invitations.more')}
      </LoadMore>
    </>
  )
}
