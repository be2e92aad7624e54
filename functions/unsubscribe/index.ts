import { readEnv } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { unsubscribe } from './unsubscribe.ts'

/**
 * POST ?token=… with `List-Unsubscribe=One-Click`, as mail programs do (RFC 8058) → 200, mails like that one end.
 * GET ?token=… → 303 to the page where a person decides; ends nothing.
 * POST { token } → 200 { kinds, ended: false }, what a link is about; with `end` these mails, or all, end.
 */
export default { fetch: serve('unsubscribe', 'GET, POST', unsubscribe(readEnv())) }
