import type { Me, Member } from '@p2p/contracts'
import { createContext, useContext } from 'react'

/** Under which the query cache keeps who is signed in. */
export const meKey = ['identity', 'me'] as const

const MeContext = createContext<Me | null>(null)

/** Everything inside the member layout has a person; the layout provides it. */
export const MeProvider = MeContext

export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('useMe() is for pages of the member layout')
  return me
}

/** The same for pages that the layout shows only to those who belong to an organization. */
export function useMember(): Member {
  const { organization, role, ...me } = useMe()
  if (!organization || !role) throw new Error('useMember() is for pages of active members')
  return { ...me, organization, role }
}
