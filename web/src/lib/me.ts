import type { Me } from '@p2p/contracts'
import { createContext, useContext } from 'react'

const MeContext = createContext<Me | null>(null)

/** Everything inside the member layout has a person; the layout provides it. */
export const MeProvider = MeContext

export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('useMe() is for pages of the member layout')
  return me
}
