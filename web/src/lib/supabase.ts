import { connect } from '@p2p/client'
import { readEnv } from './env.ts'

const { env, faults } = readEnv(import.meta.env)
if (!env) throw new Error(faults)

/** The one connection of this page: its session, its channels, its requests. */
export const supabase = connect({ url: env.VITE_SUPABASE_URL, key: env.VITE_SUPABASE_PUBLISHABLE_KEY })
