import { connect } from '@p2p/client'
import { readEnv } from './env.ts'
import { sessionKeeper } from './session-keeper.ts'

const { env, faults } = readEnv(import.meta.env)
if (!env) throw new Error(faults)

/** The one connection of this page: its session, its channels, its requests. */
export const supabase = connect({
  url: env.VITE_SUPABASE_URL,
  key: env.VITE_SUPABASE_PUBLISHABLE_KEY,
  auth: { storage: sessionKeeper },
})

/** A second connection, whose session nobody else sees and no tab keeps: for asking who somebody is once more. */
export const connectInMemory = () =>
  connect({
    url: env.VITE_SUPABASE_URL,
    key: env.VITE_SUPABASE_PUBLISHABLE_KEY,
    auth: {
      persistSession: false,
      autoRefreshToken: false,
      detectSessionInUrl: false,
      storageKey: 'once-more',
    },
  })
