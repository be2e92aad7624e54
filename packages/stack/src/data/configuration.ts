import type pg from 'pg'
import { z } from 'zod'
import { withClient } from '../sql.ts'

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
    .filter((name) => name !== ''),
)
const flag = z.enum(['true', 'false', 'on', 'off']).transform((word) => word === 'true' || word === 'on')

/** What `alter role authenticator set pgrst.…` may say; names as PostgREST has them, without the prefix. */
const InDatabase = z
  .object({
    db_schemas: list,
    db_extra_search_path: list,
    db_max_rows: z.coerce.number().int(),
    db_pre_request: z.string(),
    db_aggregates_enabled: flag,
  })
  .partial()

export type Configuration = {
  inDatabase: z.infer<typeof InDatabase>
  /** What `alter role anon set …` says, for each role a request may take on. */
  ofRole: Map<string, RoleSettings>
}
type RoleSettings = { isolation: string | undefined; settings: [name: string, value: string][] }

const inDatabase = `
  select distinct on (k) substr(k, 7) as name, v as value
  from (
    select setdatabase, split_part(setting, '=', 1) as k, substr(setting, strpos(setting, '=') + 1) as v
    from pg_db_role_setting, unnest(setconfig) as setting
    where setrole = current_user::regrole
      and setdatabase in (0, (select oid from pg_database where datname = current_database()))
  ) as settings
  where k like 'pgrst.%'
  order by k, setdatabase desc`

/** Of a role's settings those that a session may change: the others hold at login alone. */
const ofRole = `
  select r.rolname as role, split_part(pair, '=', 1) as name, substr(pair, strpos(pair, '=') + 1) as value
  from pg_auth_members m
  join pg_roles r on r.oid = m.roleid
  cross join unnest(r.rolconfig) as pair
  join pg_settings p on p.name = split_part(pair, '=', 1)
  where m.member = current_user::regrole
    and (p.context = 'user' or has_parameter_privilege(p.name, 'set'))`

const levels: Record<string, string> = { 'repeatable read': 'repeatable read', serializable: 'serializable' }

/** Reads, as authenticator, what the database says of the Data API and of the roles it acts as. */
export function readConfiguration(authenticatorUrl: string): Promise<Configuration> {
  return withClient(authenticatorUrl, async (client: pg.Client) => {
    const settings = await client.query<{ name: string; value: string }>(inDatabase)
    const roles = await client.query<{ role: string; name: string; value: string }>(ofRole)
    const result: Configuration = {
      inDatabase: known(settings.rows),
      ofRole: new Map(),
    }
    for (const { role, name, value } of roles.rows) {
      const found = result.ofRole.get(role) ?? { isolation: undefined, settings: [] }
      if (name === 'default_transaction_isolation') found.isolation = levels[value.toLowerCase()]
      else found.settings.push([name, value])
      result.ofRole.set(role, found)
    }
    return result
  })
}

/** One setting that cannot be read takes no other with it. */
function known(rows: { name: string; value: string }[]): z.infer<typeof InDatabase> {
  const readable = rows.filter(({ name, value }) => InDatabase.safeParse({ [name]: value }).success)
  return InDatabase.parse(Object.fromEntries(readable.map(({ name, value }) => [name, value])))
}
