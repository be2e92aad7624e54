import type { Database } from '@p2p/database/types'
import { createClient, type SupabaseClient, type SupabaseClientOptions } from '@supabase/supabase-js'

export type Supabase = SupabaseClient<Database>

export type ConnectOptions = {
  url: string
  /** The publishable key; never the secret one in a browser. */
  key: string
  /** Keeps the session; the browser's localStorage where none is given. */
  auth?: SupabaseClientOptions<'public'>['auth']
  fetch?: typeof fetch
}

/**
 * A Supabase client whose every request carries an `x-request-id` of its own: the id that the logs of functions and
 * jobs repeat, and that a person can quote when something went wrong.
 */
export function connect({ url, key, auth, fetch: send = fetch }: ConnectOptions): Supabase {
  return createClient<Database>(url, key, {
    ...(auth ? { auth } : {}),
    global: {
      fetch: (input, init) => {
        const headers = new Headers(init?.headers)
        if (!headers.has('x-request-id')) headers.set('x-request-id', crypto.randomUUID())
        return send(input, { ...init, headers })
      },
    },
  })
}
