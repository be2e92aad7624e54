import type { Colleague, Me } from '@p2p/contracts'

/** What an admin can do with somebody's place in the company. */
const acts = [
  'makeAdmin',
  'makeMember',
  'handOver',
  'resetFactor',
  'deactivate',
  'reactivate',
  'remove',
] as const
export type Act = (typeof acts)[number]

/** What takes an act back, where something does. */
export const opposites: Partial<Record<Act, Act>> = {
  makeAdmin: 'makeMember',
  makeMember: 'makeAdmin',
  deactivate: 'reactivate',
  reactivate: 'deactivate',
}

/** What can be done with this member at all; whether it may be is the database's to say. */
export function actsOn(member: Colleague, me: Pick<Me, 'id'>): Act[] {
  if (member.id === me.id) return ['makeMember']
  const active = member.status === 'active'
  return acts.filter((act) => {
    switch (act) {
      case 'makeAdmin':
        return member.role === 'member'
      case 'makeMember':
        return member.role === 'admin'
      case 'handOver':
        return active
      case 'reactivate':
        return member.status === 'deactivated'
      case 'deactivate':
        return member.status !== 'deactivated'
      default:
        return true
    }
  })
}
