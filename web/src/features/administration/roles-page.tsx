import { Button, NativeSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import {
  type AdminPersonRow,
  type PlatformRole,
  type PlatformRoleHolder,
  platformRoles,
} from '@p2p/contracts'
import { IconShieldOff } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../lib/me.ts'
import { useSentence } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { fullName } from '../../ui/person.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useSetRole } from './actions.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import styles from './list.module.css'
import { PersonRow } from './people-page.tsx'
import { peopleQuery, rolesQuery } from './queries.ts'
import { SearchField } from './search-field.tsx'

export function RolesPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('administration.rolesTitle')} lead={t('administration.rolesLead')}>
      <Holders />
      <Grant />
    </Page>
  )
}

function Holders() {
  const { t } = useTranslation()
  const roles = useQuery(rolesQuery)
  if (roles.isPending) return <SkeletonList label={t('ui.loading')} rows={3} kind="row" />
  if (roles.isError && !roles.data) {
    return (
      <ErrorState
        title={t('administration.listFailed')}
        error={roles.error}
        onRetry={() => void roles.refetch()}
      />
    )
  }
  return (
    <ul aria-label={t('administration.rolesTitle')}>
      {roles.data.map((holder) => (
        <Holder key={holder.id} holder={holder} />
      ))}
    </ul>
  )
}

function Holder({ holder }: { holder: PlatformRoleHolder }) {
  const { t } = useTranslation()
  const me = useMember()
  const setRole = useSetRole()
  const [open, setOpen] = useState(false)
  const name = fullName(holder)
  return (
    <PersonRow person={holder}>
      {holder.platform_role === 'admin' && !holder.second_factor && (
        <span className={styles.warning}>
          <IconShieldOff size={14} aria-hidden="true" />
          {t('administration.noFactorYet')}
        </span>
      )}
      {me.id !== holder.id && (
        <div className={styles.actions}>
          <Button variant="default" size="sm" onClick={() => setOpen(true)}>
            {t('administration.revoke.open')}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={open}
        onClose={() => setOpen(false)}
        title={t('administration.revoke.title', { name })}
        action={t('administration.revoke.action')}
        danger
        pending={setRole.isPending}
        error={setRole.error}
        onConfirm={() =>
          setRole.mutate({ person: holder.id, role: null }, { onSuccess: () => setOpen(false) })
        }
      >
        {t('administration.revoke.lead')}
      </ConfirmDialog>
    </PersonRow>
  )
}

function Grant() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 250)
  const found = useInfiniteQuery({ ...peopleQuery({ q, status: 'active' }), enabled: q.trim().length > 1 })
  const me = useMember()
  const people = (q.trim().length > 1 ? found.data?.pages[0]?.people : undefined) ?? []
  const others = people.filter(({ id }) => id !== me.id).slice(0, 8)
  return (
    <section className={styles.part}>
      <h2>{t('administration.grant.heading')}</h2>
      <SearchField
        label={t('administration.findPerson')}
        help={t('administration.findPersonHelp')}
        value={typed}
        onChange={setTyped}
      />
      <div role="status">
        {q.trim().length > 1 && found.isSuccess && others.length === 0 && t('administration.noneFound')}
      </div>
      {others.length > 0 && (
        <ul aria-label={t('administration.grant.found')}>
          {others.map((person) => (
            <Candidate key={person.id} person={person} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Candidate({ person }: { person: AdminPersonRow }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const setRole = useSetRole()
  const [role, setChosen] = useState<PlatformRole>('moderator')
  const [open, setOpen] = useState(false)
  const name = fullName(person)
  return (
    <PersonRow person={person}>
      <div className={styles.actions}>
        <NativeSelect
          size="sm"
          aria-label={t('administration.grant.role', { name })}
          value={role}
          onChange={({ target }) =>
            setChosen(platformRoles.find((each) => each === target.value) ?? 'moderator')
          }
          data={platformRoles.map((value) => ({ value, label: t(`administration.roles.${value}`) }))}
        />
        <Button size="sm" disabled={person.platform_role === role} onClick={() => setOpen(true)}>
          {t('administration.grant.open')}
        </Button>
      </div>
      {setRole.isSuccess && <Notice tone="done">{t('administration.grant.done', { name })}</Notice>}
      <ConfirmDialog
        opened={open}
        onClose={() => setOpen(false)}
        title={t('administration.grant.title', { name, role: t(`administration.roles.${role}`) })}
        action={t('administration.grant.action')}
        pending={setRole.isPending}
        error={setRole.error}
        onConfirm={() => setRole.mutate({ person: person.id, role }, { onSuccess: () => setOpen(false) })}
      >
        {t(`administration.grant.${role}`)}
      </ConfirmDialog>
      {setRole.error && !open && <Notice tone="danger">{sentence(setRole.error)}</Notice>}
    </PersonRow>
  )
}
