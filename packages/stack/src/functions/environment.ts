import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { type Config, root } from '../config.ts'

/** Where the CLI looks, and the folder in which this project has its functions. */
export const variableFiles = [join(root, 'supabase/functions/.env'), join(root, 'functions/.env')]

/** The project's own variables for functions. As on hosted, none may begin with SUPABASE_. */
function ownVariables(files: string[]): [string, string | undefined][] {
  return files
    .flatMap((file) => Object.entries(parseEnv(textOf(file))))
    .filter(([name]) => !name.startsWith('SUPABASE_'))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** A worker of a function: the nth version of it since the start, and an id of its own. */
export type Execution = { name: string; version: number; id: string }

/** What a function finds in its environment: that of a hosted one, and nothing of ours but what boot.js takes away. */
export function functionEnv(config: Config, execution: Execution, files = variableFiles): NodeJS.ProcessEnv {
  const { urls, keys, dir, functionVariables } = config
  return {
    ...Object.fromEntries(ownVariables(files)),
    ...functionVariables,
    SUPABASE_URL: urls.api,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishable }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secret }),
    SUPABASE_ANON_KEY: keys.anon,
    SUPABASE_SERVICE_ROLE_KEY: keys.serviceRole,
    SUPABASE_JWKS: JSON.stringify(keys.jwks),
    SUPABASE_DB_URL: urls.database,
    SB_REGION: 'local',
    SB_EXECUTION_ID: execution.id,
    DENO_DEPLOYMENT_ID: `local_${execution.name}_${execution.version}`,
    DENO_DIR: join(dir, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
  }
}
