import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Load, load } from './load.ts'
import { percentile, rounded } from './table.ts'
import type { World } from './world.ts'

const rounds = 5
const port = 31_900

const reads = [
  { name: 'table, 20 rows', method: 'GET', path: '/rest/v1/topics?select=id,title,created_at&limit=20' },
  { name: 'RPC, page of 20', method: 'POST', path: '/rest/v1/rpc/list_topics', body: {} },
] as const

/**
 * The Data API behind the gateway (keys, tokens, roles, request settings) beside the same library alone, which checks
 * nothing: requests a second, medians of interleaved rounds.
 */
export async function measureGateway(world: World, seconds: number, say: (line: string) => void) {
  const alone = await liteAlone(world)
  const headers = { apikey: world.config.keys.publishable, authorization: `Bearer ${world.token}` }
  const rows = []
  try {
    for (const { name, path, method, ...read } of reads) {
      for (const connections of [1, 10, 50]) {
        say(`gateway and lite alone, ${name}, ${connections} connections`)
        const gateway: number[] = []
        const lite: number[] = []
        for (let round = 0; round < rounds; round++) {
          const ask: Omit<Load, 'url'> = {
            method,
            calls: [{ headers, ...read }],
            connections,
            seconds: Math.max(1, seconds / 2),
          }
          lite.push((await load({ ...ask, url: alone.url + path })).perSecond)
          gateway.push((await load({ ...ask, url: world.config.urls.api + path })).perSecond)
        }
        const [through, bare] = [percentile(gateway, 0.5), percentile(lite, 0.5)]
        rows.push({
          read: name,
          connections,
          'lite alone/s': rounded(bare, 0),
          'gateway/s': rounded(through, 0),
          '÷ alone': rounded(through / bare, 2),
        })
      }
    }
  } finally {
    await alone.stop()
  }
  return rows
}

async function liteAlone({ config, claims }: World) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('lite-alone.ts', import.meta.url))], {
    env: {
      ...process.env,
      DATABASE_URL: config.urls.database,
      CLAIMS: JSON.stringify(claims),
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('lite alone did not start')
    }),
  ])
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
