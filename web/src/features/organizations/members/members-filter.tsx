import { NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { type MemberFilter, memberRoles, memberSorts, personStatuses } from '@p2p/contracts'
import { IconSearch } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { ownDirection } from '../../../ui/form.tsx'
import styles from './members.module.css'

type Props = { filter: MemberFilter; onFilter: (filter: MemberFilter) => void }

/** What the list is asked for, kept in the address. Members are shown active people alone, so they choose no status. */
export function MembersFilter({ filter, onFilter }: Props) {
  const { t } = useTranslation()
  const isAdmin = useMember().role === 'admin'
  const sorts = memberSorts.filter((sort) => isAdmin || sort !== 'last_seen')
  const change = <K extends keyof MemberFilter>(key: K, value: string) => {
    const { [key]: _, ...rest } = filter
    onFilter(value ? { ...rest, [key]: value } : rest)
  }
  return (
    <search className={styles.filter} aria-label={t('members.filter')}>
      <QueryField query={filter.query ?? ''} onQuery={(query) => change('query', query)} />
      {isAdmin && (
        <NativeSelect
          label={t('members.status')}
          value={filter.status ?? ''}
          onChange={(event) => change('status', event.currentTarget.value)}
          data={[
            { value: '', label: t('members.anyStatus') },
            ...personStatuses.map((status) => ({ value: status, label: t(`members.statuses.${status}`) })),
          ]}
        />
      )}
      <NativeSelect
        label={t('members.role')}
        value={filter.role ?? ''}
        onChange={(event) => change('role', event.currentTarget.value)}
        data={[
          { value: '', label: t('members.anyRole') },
          ...memberRoles.map((role) => ({ value: role, label: t(`members.roles.${role}`) })),
        ]}
      />
      <NativeSelect
        label={t('members.sort')}
        value={filter.sort ?? 'name'}
        onChange={(event) => change('sort', event.currentTarget.value)}
        data={sorts.map((sort) => ({ value: sort, label: t(`members.sorts.${sort}`) }))}
      />
    </search>
  )
}

function QueryField({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const { t } = useTranslation()
  const isAdmin = useMember().role === 'admin'
  const [text, setText] = useState(query)
  const asked = useRef(query)
  // The address changed by something else than typing: the way back, or a link.
  if (query !== asked.current) {
    asked.current = query
    setText(query)
  }
  const ask = useDebouncedCallback((typed: string) => {
    asked.current = typed.trim()
    onQuery(asked.current)
  }, 250)
  return (
    <TextInput
      type="search"
      {...ownDirection}
      label={t('members.search')}
      placeholder={t(isAdmin ? 'members.searchHintAdmin' : 'members.searchHint')}
      leftSection={<IconSearch size={18} aria-hidden="true" />}
      maxLength={100}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        ask(event.currentTarget.value)
      }}
      className={styles.query}
    />
  )
}
