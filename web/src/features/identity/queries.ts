import { listSecondFactors, listSessions, readMe, readPendingEmail, signOut, verifyEmail } from '@p2p/client'
import { queryOptions } from '@tanstack/react-query'
import { meKey } from '../../lib/me.ts'
import { keepSession } from '../../lib/session-keeper.ts'
import { supabase } from '../../lib/supabase.ts'

/** The person who is signed in, or null. Changes only by what the person does, so it never grows stale by itself. */
export const meQuery = queryOptions({
  queryKey: meKey,
  queryFn: async () => {
    const { data } = await supabase.auth.getSession()
    if (!data.session) return null
    const me = await readMe(supabase)
    // A token whose session was ended elsewhere is of no use any more.
    if (!me) await signOut(supabase)
    return me
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/**
 * Whether the session that was here ended without the person's asking: false from the moment they ask. Set by the app, read
 * by the sign-in page.
 */
export const endedKey = ['identity', 'ended'] as const

export const sessionsQuery = queryOptions({
  queryKey: ['identity', 'sessions'],
  queryFn: () => listSessions(supabase),
})

export const secondFactorsQuery = queryOptions({
  queryKey: ['identity', 'second-factors'],
  queryFn: () => listSecondFactors(supabase),
})

/** The address that waits for its two links; null where none does. */
export const pendingEmailQuery = queryOptions({
  queryKey: ['identity', 'pending-email'],
  queryFn: () => readPendingEmail(supabase),
})

/** A link opens once: a query, so that a page drawn twice uses it once. */
export const verificationQuery = (
  tokenHash: string,
  type: 'signup' | 'email_change' | 'magiclink' | 'invite',
) =>
  queryOptions({
    queryKey: ['identity', 'verification', tokenHash],
    /** Whether it signed in: the first of the two links that change an address does not. */
    queryFn: async () => {
      if (type !== 'email_change') keepSession({ remember: false })
      return (await verifyEmail(supabase, { tokenHash, type })) !== null
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
