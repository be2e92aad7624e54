import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Env } from './env.ts'

/** Our own services' client: no session is kept, no policy holds. */
export const connectSupabase = ({ SUPABASE_URL, SUPABASE_SECRET_KEY }: Env): SupabaseClient =>
  createClient(SUPABASE_URL, SUPABASE_SECRET_KEY, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  })
