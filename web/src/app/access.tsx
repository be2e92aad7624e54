import { watchAccess } from '@p2p/client'
import type { ErrorCode } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { endedKey, meQuery } from '../features/identity/queries.ts'
import { queryClient } from '../lib/query-client.ts'
import { refusalOf } from '../lib/sentence.ts'
import { supabase } from '../lib/supabase.ts'
import { router } from './router.tsx'

/** Keeps the page true to what its person may do: it leaves when they may no longer be here, wherever that was decided. */
export function Access() {
  const { data: me } = useQuery(meQuery)
  const id = me?.id
  useEffect(() => {
    if (!id) return
    const watching = watchAccess(supabase, id, askAgain)
    return () => void watching.leave()
  }, [id])
  useEffect(watchRefusals, [])
  useEffect(watchSession, [])
  return null
}

/** Who is this, and what may they do? */
function askAgain(): void {
  const before = queryClient.getQueryData(meQuery.queryKey)
  void queryClient.fetchQuery({ ...meQuery, staleTime: 0 }).then(
    (me) => {
      if (!before || !me || JSON.stringify(before) === JSON.stringify(me)) return
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== 'me' })
      void router.invalidate()
    },
    // Not to be reached now: the next request that is refused asks again.
    () => {},
  )
}

const doubts: readonly ErrorCode[] = [
  'session_ended',
  'not_signed_in',
  'not_active',
  'second_factor_required',
]

/** A refusal that says more about the person than about what was asked. */
function watchRefusals() {
  const look = (error: unknown) => {
    const code = refusalOf(error)?.code
    if (code && doubts.includes(code)) askAgain()
  }
  const queries = queryClient.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error' && event.query.queryKey[1] !== 'me')
      look(event.action.error)
  })
  const mutations = queryClient.getMutationCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error') look(event.action.error)
  })
  return () => {
    queries()
    mutations()
  }
}

/** A session that ends elsewhere (another tab, another device, its time) ends here too. */
function watchSession() {
  const { data } = supabase.auth.onAuthStateChange((event) => {
    if (event !== 'SIGNED_OUT' || !queryClient.getQueryData(meQuery.queryKey)) return
    // Who asked for it need not be told.
    if (queryClient.getQueryData(endedKey) !== false) queryClient.setQueryData(endedKey, true)
    queryClient.setQueryData(meQuery.queryKey, null)
    queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'identity' })
    void router.invalidate()
  })
  return () => data.subscription.unsubscribe()
}
