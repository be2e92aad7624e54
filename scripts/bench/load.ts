import autocannon from 'autocannon'
import { percentile } from './table.ts'

/** Answers a second, and how long one took in milliseconds. */
export type Figures = { perSecond: number; p50: number; p95: number }

export const figures = (times: number[], seconds: number): Figures => ({
  perSecond: times.length / seconds,
  p50: percentile(times, 0.5),
  p95: percentile(times, 0.95),
})

/** What a caller sends, time and again. */
export type Call = { headers: Record<string, string>; body?: object }

export type Load = {
  url: string
  /** One after another a connection takes the next of these, and begins again. */
  calls: [Call, ...Call[]]
  connections: number
  seconds: number
  method?: 'GET' | 'POST'
}

/** Asks the same again and again on so many connections. Every answer must be 200. */
export async function load({ url, calls, connections, seconds, method = 'GET' }: Load): Promise<Figures> {
  const times: number[] = []
  let refused = 0
  let opened = 0
  await new Promise<void>((done, failed) => {
    const running = autocannon(
      {
        url,
        method,
        connections,
        duration: seconds,
        setupClient(client) {
          const { headers, body } = calls[opened++ % calls.length] ?? calls[0]
          client.setHeadersAndBody(
            { 'content-type': 'application/json', ...headers },
            body && JSON.stringify(body),
          )
        },
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
