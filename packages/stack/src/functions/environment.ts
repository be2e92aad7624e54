import { join } from 'node:path'
import type { Config } from '../config.ts'

/** What a function finds in its environment: that of a hosted one, and nothing of ours. */
export function functionEnv({ urls, keys, dir }: Config, socket: string): Record<string, string> {
  const secret = Buffer.from(keys.jwtSecret).toString('base64url')
  return {
    SUPABASE_URL: urls.api,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishable }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secret }),
    SUPABASE_ANON_KEY: keys.anon,
    SUPABASE_SERVICE_ROLE_KEY: keys.serviceRole,
    SUPABASE_JWKS: JSON.stringify({ keys: [{ kty: 'oct', alg: 'HS256', k: secret }] }),
    SUPABASE_DB_URL: urls.database,
    DENO_SERVE_ADDRESS: `unix:${socket}`,
    DENO_DIR: join(dir, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
  }
}
