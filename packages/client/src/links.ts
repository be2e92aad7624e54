import { LinkAnswer, type LinkRequest } from '@p2p/contracts'
import { FunctionsHttpError } from '@supabase/supabase-js'
import { Refusal, refusalOf } from './must.ts'
import type { Supabase } from './supabase.ts'

/**
 * Mails a link to verify an address or to choose a new password, if the address has an account; the answer does not
 * tell. Codes: `email_invalid` (a field), `rate_limited` with the seconds to wait, `mail_unavailable`.
 */
export async function sendLink(supabase: Supabase, request: LinkRequest): Promise<LinkAnswer> {
  const { data, error } = await supabase.functions.invoke('send-link', { body: request })
  if (error instanceof FunctionsHttpError) throw await refusalOf(error.context)
  if (error) throw new Refusal('unavailable', error.message, { cause: error })
  return LinkAnswer.parse(data)
}
