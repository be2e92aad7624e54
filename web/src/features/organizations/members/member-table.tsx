import type { Colleague, MemberSort } from '@p2p/contracts'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import type { Act } from './acts.ts'
import { LastSeen, MemberName, RoleMark, StatusMark } from './member-marks.tsx'
import { MemberMenu } from './member-menu.tsx'
import styles from './members.module.css'

export type ShapeProps = {
  people: Colleague[]
  sort: MemberSort
  onSort: (sort: MemberSort) => void
  onAct: (act: Act, member: Colleague) => void
}

export function MemberTable({ people, sort, onSort, onAct }: ShapeProps) {
  const { t } = useTranslation()
  const isAdmin = useMember().role === 'admin'
  const header = (column: MemberSort) => <SortHeader column={column} sort={sort} onSort={onSort} />
  return (
    <table className={styles.table}>
      <caption className={styles.caption}>{t('members.title')}</caption>
      <thead>
        <tr>
          {header('name')}
          {header('role')}
          {isAdmin && <th scope="col">{t('members.status')}</th>}
          {isAdmin && header('last_seen')}
          {header('joined')}
          {isAdmin && (
            <th scope="col">
              <span className={styles.caption}>{t('members.actions')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {people.map((member) => (
          <tr key={member.id} data-away={member.status === 'deactivated' || undefined}>
            <th scope="row">
              <MemberName member={member} />
            </th>
            <td>
              <RoleMark role={member.role} />
            </td>
            {isAdmin && (
              <td>
                <StatusMark status={member.status} />
              </td>
            )}
            {isAdmin && (
              <td>
                <LastSeen at={member.last_seen_at} />
              </td>
            )}
            <td>
              <RelativeTime at={member.joined_at} />
            </td>
            {isAdmin && (
              <td className={styles.menu}>
                <MemberMenu member={member} onAct={onAct} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Names go up from the first letter; times begin with the newest. */
const directions = {
  name: 'ascending',
  role: 'ascending',
  joined: 'descending',
  last_seen: 'descending',
} as const

type HeaderProps = { column: MemberSort; sort: MemberSort; onSort: (sort: MemberSort) => void }

function SortHeader({ column, sort, onSort }: HeaderProps) {
  const { t } = useTranslation()
  const Arrow = directions[column] === 'ascending' ? IconArrowUp : IconArrowDown
  return (
    <th scope="col" aria-sort={sort === column ? directions[column] : 'none'}>
      <button type="button" className={styles.sort} onClick={() => onSort(column)}>
        {t(`members.columns.${column}`)}
        <Arrow size={14} aria-hidden="true" data-shown={sort === column || undefined} />
      </button>
    </th>
  )
}
