import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Json } from './protocol.ts'

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
})
/** `since` in milliseconds, up to the last moment a Date can name. */
const Replay = z.object({ since: z.int().min(0).max(8.64e15), limit: z.int().nullish() })

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
}

export function readJoin(payload: Json): Join {
  const config = Config.safeParse(payload.config).data
  const key = config?.presence?.key
  return {
    accessToken: [payload.user_token, payload.access_token].find((token) => typeof token === 'string'),
    private: config?.private ?? false,
    ack: config?.broadcast?.ack ?? false,
    self: config?.broadcast?.self ?? false,
    replicationReady: config?.broadcast?.replication_ready ?? false,
    replay: readReplay(config?.broadcast?.replay),
    presenceEnabled: config?.presence?.enabled ?? false,
    presenceKey: typeof key === 'string' && key !== '' ? key : randomUUID(),
    postgresChanges: (config?.postgres_changes ?? []).filter((change) => change !== null),
  }
}

function readReplay(value: unknown): Join['replay'] {
  if (value === undefined || value === null) return undefined
  const { data } = Replay.safeParse(value)
  if (!data) return 'invalid'
  return { since: new Date(data.since), limit: Math.min(Math.max(data.limit ?? 25, 1), 25) }
}
