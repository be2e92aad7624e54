import { readEnv } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { signup } from './signup.ts'

/** POST { email, password, first_name, last_name, organization_name, locale } → 200 { email, status } */
export default { fetch: serve('signup', 'POST', signup(readEnv())) }
