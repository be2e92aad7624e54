import pg from 'pg'

export const connectionUrl = (user: string, password: string, port: number, database = 'postgres') =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`

/** One connection for the length of `work`. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  settings: pg.ClientConfig = {},
): Promise<T> {
  const client = new pg.Client({ ...settings, connectionString: url })
  // Where the connection breaks the query under way says so; unheard, the event would end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Resolves once a server answers at `url`; the last refusal is the error. */
export async function awaitAnswer(url: string, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds
  for (;;) {
    try {
      return await withClient(url, async (client) => void (await client.query('select 1')))
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((tick) => setTimeout(tick, 50))
    }
  }
}
