import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { isJson, type Json } from './protocol.ts'
import { isKey } from './token.ts'

/** Older clients send booleans as text. */
const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
  .nullish()
  .transform((value) => value ?? false)
  .catch(false)

const Config = z.object({
  private: flag,
  broadcast: z
    .object({ ack: flag, self: flag, replication_ready: flag, replay: z.unknown().optional() })
    .nullish()
    .catch(undefined),
  presence: z.object({ enabled: flag, key: z.unknown().optional() }).nullish().catch(undefined),
  postgres_changes: z.array(z.record(z.string(), z.unknown()).nullable()).nullish().catch(undefined),
  postgres_changes_options: z
    .object({ wait: flag, timeout: z.int().positive().catch(15_000) })
    .nullish()
    .catch(undefined),
})
/** Longer than this no join waits for its subscription, whatever the client says. */
const longestWaitMs = 20_000
/** `since` in milliseconds, within the years that hosted can name. */
const Replay = z.object({
  since: z.int().min(-62_167_219_200_000).max(253_402_300_799_999),
  limit: z.int().nullish(),
})

/** What a client asks for when it joins. What it says wrongly is read as left out, as hosted does. */
export type Join = {
  accessToken: string | undefined
  private: boolean
  ack: boolean
  self: boolean
  replicationReady: boolean
  /** `invalid`: asked for in a form nobody understands. */
  replay: { since: Date; limit: number } | 'invalid' | undefined
  presenceEnabled: boolean
  presenceKey: string
  postgresChanges: Json[]
  /** How long the answer may wait until changes are heard; undefined: it need not. */
  waitMs: number | undefined
  /** Without any configuration: a client of the days when the name of the topic was the question. */
  legacy: boolean
}

export function readJoin(payload: Json): Join {
  const config = Config.safeParse(payload.config).data
  const key = config?.presence?.key
  return {
    accessToken: readToken(payload),
    private: config?.private ?? false,
    ack: config?.broadcast?.ack ?? false,
    self: config?.broadcast?.self ?? false,
    replicationReady: config?.broadcast?.replication_ready ?? false,
    replay: readReplay(config?.broadcast?.replay, config?.private ?? false),
    presenceEnabled: config?.presence?.enabled ?? false,
    presenceKey:
      (typeof key === 'string' || typeof key === 'number') && key !== '' ? String(key) : randomUUID(),
    postgresChanges: (config?.postgres_changes ?? []).filter((change) => change !== null),
    waitMs: readWait(config?.postgres_changes_options),
    legacy: !('config' in payload),
  }
}

const readWait = (options: { wait: boolean; timeout: number } | null | undefined) =>
  options?.wait ? Math.min(options.timeout, longestWaitMs) : undefined

/** A key in either place says that the connection's own key shall hold. */
function readToken({ user_token: ofUser, access_token: access }: Json): string | undefined {
  const first = access ?? ofUser
  if (typeof first === 'string' && isKey(first)) return first
  return [ofUser, access].find((token) => typeof token === 'string')
}

function readReplay(value: unknown, isPrivate: boolean): Join['replay'] {
  if (value === undefined) return undefined
  // On a private topic it is passed over, on a public one the wish alone is refused.
  if (!isJson(value)) return isPrivate ? undefined : 'invalid'
  const { data } = Replay.safeParse(value)
  if (!data) return 'invalid'
  return { since: new Date(data.since), limit: Math.min(Math.max(data.limit ?? 25, 1), 25) }
}
