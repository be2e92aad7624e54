import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { type Config, root } from '../config.ts'

/** Where the CLI looks, and the folder in which this project has its functions. */
const files = ['supabase/functions/.env', 'functions/.env']

/** The project's own variables for functions. As on hosted, none may begin with SUPABASE_. */
function ownVariables(): [string, string | undefined][] {
  return files
    .flatMap((file) => Object.entries(parseEnv(textOf(join(root, file)))))
    .filter(([name]) => !name.startsWith('SUPABASE_'))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** What a function finds in its environment: that of a hosted one, and nothing of ours. */
export function functionEnv(config: Config, socket: string): NodeJS.ProcessEnv {
  const { urls, keys, dir, functionVariables } = config
  const secret = Buffer.from(keys.jwtSecret).toString('base64url')
  return {
    ...Object.fromEntries(ownVariables()),
    ...functionVariables,
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
