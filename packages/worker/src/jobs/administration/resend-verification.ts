import { resendVerificationMail } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

/** Has Auth send its own mail: the link in it is Auth's to make. Nobody who is verified meanwhile is written to. */
export const resendVerificationHandler = ({ db, supabase }: Deps) =>
  handle(resendVerificationMail, async ({ userId }, { log }) => {
    const { rows } = await db.query<{ email: string }>(
      'select email from auth.users where id = $1 and email_confirmed_at is null and email is not null',
      [userId],
    )
    if (!rows[0]) return log.info({ user_id: userId }, 'verified or gone: nothing to send')
    const { error } = await supabase.auth.resend({ type: 'signup', email: rows[0].email })
    // Auth's own words may hold the address; its code does not.
    if (error) throw new Error(`Auth did not send the mail (${error.code ?? error.status ?? 'no answer'}).`)
    log.info({ user_id: userId }, 'verification mail sent again')
  })
