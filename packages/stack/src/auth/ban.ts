import { invalid } from './fault.ts'
import type { Queryable } from './people.ts'

const units: Record<string, number> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
}
const whole = /^[+-]?(0|(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)([\d.]+(ns|us|µs|μs|ms|s|m|h))*)$/
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g

// As long as Go's durations, which hosted reads these with, can be: 292 years.
const longest = 2 ** 63 / 1e9

/** How long somebody is to be kept out, in seconds: of `24h`, `1h30m`; 0 lifts it. Undefined where nothing is said of it. */
export function readBan(given: string): number | undefined {
  if (!given) return undefined
  if (given === 'none') return 0
  if (!whole.test(given)) throw invalid(`invalid format for ban duration: time: invalid duration "${given}"`)
  const seconds = [...given.matchAll(part)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0),
    0,
  )
  if (seconds > longest) throw invalid(`invalid format for ban duration: time: invalid duration "${given}"`)
  return given.startsWith('-') ? -seconds : seconds
}

export async function banUntil(db: Queryable, id: string, seconds: number): Promise<void> {
  await db.query(
    `update auth.users set updated_at = now(),
       banned_until = case when $2::float8 <> 0 then now() + make_interval(secs => $2) end
     where id = $1`,
    [id, seconds],
  )
}
