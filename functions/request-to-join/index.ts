import { readEnv } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { requestToJoin } from './request-to-join.ts'

/** POST { email, first_name, last_name, locale, message } → 200 { status: 'asked' }, whoever it is */
export default { fetch: serve('request-to-join', 'POST', requestToJoin(readEnv())) }
