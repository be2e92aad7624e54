import { connect, readMe, type Supabase, signUp, verifyEmail } from '@p2p/client'
import { Member, type RichText, type SignupInput } from '@p2p/contracts'
import { withClient } from '../src/sql.ts'
import type { Ground } from '../testing/ground.ts'
import { mailTo, tokenIn } from '../testing/mailbox.ts'

export const password = 'a long enough password'

/** Somebody with the page open, as the SDK sees them. */
export const visitor = ({ urls, keys }: Ground, send: typeof fetch = fetch): Supabase =>
  connect({
    url: urls.api,
    key: keys.publishable,
    auth: { persistSession: false, autoRefreshToken: false },
    fetch: send,
  })

let founded = 0

/** The form of somebody who founds a company that nobody has heard of before. */
export function founder(name: string, more: Partial<SignupInput> = {}): SignupInput {
  founded += 1
  return {
    email: `${name.toLowerCase()}@${name.toLowerCase()}-${process.pid}-${founded}.example`,
    password,
    first_name: name,
    last_name: 'Test',
    organization_name: `Works of ${name}`,
    locale: 'en',
    ...more,
  }
}

export type Person = { supabase: Supabase; id: string; email: string; me: Member; token: string }

/** Follows the link in the first mail to an address. */
export async function verified(stack: Ground, email: string, supabase = visitor(stack)): Promise<Person> {
  const tokenHash = tokenIn(await mailTo(stack.urls.mail, email))
  const session = await verifyEmail(supabase, { tokenHash, type: 'signup' })
  if (!session) throw new Error(`${email} is not signed in after verification.`)
  const me = Member.parse(await readMe(supabase))
  return { supabase, id: me.id, email: me.email, me, token: session.access_token }
}

/** Somebody who has signed up by the form, read the mail and followed the link. */
export async function member(stack: Ground, form: SignupInput): Promise<Person> {
  await signUp(visitor(stack), form)
  return verified(stack, form.email)
}

export const document = (text: string): RichText => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
})

/** What the database itself answers, past every policy. */
export const rowsOf = async ({ urls }: Ground, text: string, values: unknown[] = []) =>
  (await withClient(urls.database, (client) => client.query(text, values))).rows
