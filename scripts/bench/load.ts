import autocannon from 'autocannon'
import { percentile } from './table.ts'

/** Answers a second, and how long one took in milliseconds. */
export type Figures = { perSecond: number; p50: number; p95: number }

export const figures = (times: number[], seconds: number): Figures => ({
  perSecond: times.length / seconds,
  p50: percentile(times, 0.5),
  p95: percentile(times, 0.95),
})

export type Load = {
  url: string
  headers: Record<string, string>
  connections: number
  seconds: number
  method?: 'GET' | 'POST'
  body?: object
}

/** Asks the same again and again on so many connections. Every answer must be 200. */
export async function load({
  url,
  headers,
  connections,
  seconds,
  method = 'GET',
  body,
}: Load): Promise<Figures> {
  const times: number[] = []
  let refused = 0
  await new Promise<void>((done, failed) => {
    const running = autocannon(
      {
        url,
        method,
        connections,
        duration: seconds,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      },
      (error) => (error ? failed(error) : done()),
    )
    running.on('response', (_client, status, _bytes, time) => {
      if (status === 200) times.push(time)
      else refused += 1
    })
  })
  if (refused > 0) throw new Error(`${refused} answers to ${url} were not 200`)
  return figures(times, seconds)
}
