import { readEnv } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { acceptInvitation } from './accept-invitation.ts'

/**
 * POST { token } → 200, what it opens and why it cannot be accepted.
 * POST { token, password, first_name, last_name, locale, … } → 200 { email }, the account that was made.
 */
export default { fetch: serve('accept-invitation', 'POST', acceptInvitation(readEnv())) }
