/*
 * The least that could carry a change to many clients: a trigger notifies, this process listens and writes to every
 * socket. What `realtime.ts` measures stands beside it.
 */
import pg from 'pg'
import { WebSocketServer } from 'ws'

const [port = '0', databaseUrl = ''] = process.argv.slice(2)

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), perMessageDeflate: false })
const client = new pg.Client({ connectionString: databaseUrl })
await client.connect()
client.on('notification', ({ payload = '' }) => {
  const data = Buffer.from(payload)
  for (const socket of server.clients) socket.send(data, { binary: false })
})
await client.query('listen bench_notes')
process.send?.('ready')
