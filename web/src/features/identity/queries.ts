import { readMe, verifyEmail } from '@p2p/client'
import { queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

/** The person who is signed in, or null. Changes only by what the person does, so it never grows stale by itself. */
export const meQuery = queryOptions({
  queryKey: ['identity', 'me'],
  queryFn: async () => {
    const { data } = await supabase.auth.getSession()
    return data.session ? readMe(supabase) : null
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/** A link opens once: a query, so that a page drawn twice uses it once. */
export const verificationQuery = (
  tokenHash: string,
  type: 'signup' | 'email_change' | 'magiclink' | 'invite',
) =>
  queryOptions({
    queryKey: ['identity', 'verification', tokenHash],
    /** Whether it signed in: the first of the two links that change an address does not. */
    queryFn: async () => (await verifyEmail(supabase, { tokenHash, type })) !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
