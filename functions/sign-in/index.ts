import { readEnv } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { signIn } from './sign-in.ts'

/** POST { email, password, remember } → 200 { access_token, refresh_token } */
export default { fetch: serve('sign-in', 'POST', signIn(readEnv())) }
