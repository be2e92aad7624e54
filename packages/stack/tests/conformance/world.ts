import { createClient, type SupabaseClient, type SupabaseClientOptions } from '@supabase/supabase-js'
import pg from 'pg'
import { afterAll, inject } from 'vitest'

/** Where the tests speak to, and with which keys. */
export const target = inject('target')

type Options = SupabaseClientOptions<'public'>

/** A client of supabase-js as a page has it, which keeps nothing between two tests. */
export function clientOf(key: string, options: Options = {}): SupabaseClient {
  const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false, ...options.auth }
  return createClient(target.api, key, { ...options, auth })
}

/** Nobody signed in. */
export const visitor = (options?: Options) => clientOf(target.publishableKey, options)

/** The secret key: past every policy, and Auth's admin. */
export const admin = clientOf(target.secretKey)

export const password = 'a long enough password'

let made = 0

/** A word that no other test of this or an earlier run has used: names of tables, buckets, channels. */
export function fresh(word: string): string {
  made += 1
  return `${word}_${process.pid}_${Date.now().toString(36)}_${made}`
}

/** An address that nobody has used before. */
export const freshEmail = (name: string) =>
  `${name.toLowerCase()}@${fresh('works').replaceAll('_', '-')}.example`

/** What this project's rules want to know of a new person; another project takes no notice. */
export const metadata = (name: string) => ({
  first_name: name,
  last_name: 'Test',
  organization_name: `Works of ${name}`,
  locale: 'en',
})

export type Person = { id: string; email: string; client: SupabaseClient; token: string }

/** Somebody whose address is proven and who is signed in. */
export async function person(name: string, options?: Options): Promise<Person> {
  const email = freshEmail(name)
  const created = await admin.auth.admin.createUser({
    email,
    password,
    email_confirm: true,
    user_metadata: metadata(name),
  })
  if (created.error) throw created.error
  const client = visitor(options)
  const { data, error } = await client.auth.signInWithPassword({ email, password })
  if (error) throw error
  return { id: data.user.id, email, client, token: data.session.access_token }
}

const pool = new pg.Pool({ connectionString: target.database, max: 2 })
pool.on('error', () => {})
afterAll(() => pool.end())

/** As role postgres, as a migration would. Several statements go in one text without values. */
export async function sql<Row extends pg.QueryResultRow = Record<string, unknown>>(
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  const { rows } = await pool.query<Row>(text, values)
  return rows
}
