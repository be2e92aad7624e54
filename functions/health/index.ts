import { readEnv } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { health } from './health.ts'

/** GET → 200 or 503, { status, parts: { <part>: { ok, ms, reason? } } } */
export default { fetch: serve('health', 'GET', health(readEnv())) }
