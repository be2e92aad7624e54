import { readEnv } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { sendLink } from './send-link.ts'

/** POST { kind: 'verification' | 'recovery', email } → 200 { status: 'sent' } */
export default { fetch: serve('send-link', 'POST', sendLink(readEnv())) }
