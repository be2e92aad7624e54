import { Socket } from 'node:net'
import pg, { type Client } from 'pg'
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import { z } from 'zod'

type SlotOptions = {
  publication: string
  /** Columns whose values are passed on as the database wrote them: parsed and written again, large numbers would change. */
  verbatim: (column: string) => boolean
  /** The slot that is there is of no use any more. */
  afresh: boolean
  stopping: AbortSignal
}

/** Reads a publication through a slot that outlives its connection, so that a broken one loses nothing. */
export class SlotPlugin extends PgoutputPlugin {
  readonly #slot: SlotOptions
  #socket: unknown
  /** The database has let us in: what fails from now on is not the way there. */
  reached = false

  constructor(slot: SlotOptions) {
    super({ protoVersion: 2, publicationNames: [slot.publication] })
    this.#slot = slot
  }

  override async start(client: Client, slot: string, lsn: string): Promise<unknown> {
    this.#slot.stopping.throwIfAborted()
    this.#socket = socketOf(client)
    this.reached = true
    // In capitals: the words of the replication protocol are not known otherwise.
    if (this.#slot.afresh) await client.query(`DROP_REPLICATION_SLOT ${slot} WAIT`).catch(unlessGone)
    await client
      .query(`CREATE_REPLICATION_SLOT ${slot} LOGICAL pgoutput NOEXPORT_SNAPSHOT`)
      .catch(unlessThere)
    return super.start(client, slot, lsn)
  }

  /** What is not read waits with the sender, and the sender with the log it reads. */
  pause(): void {
    if (this.#socket instanceof Socket) this.#socket.pause()
  }

  resume(): void {
    if (this.#socket instanceof Socket) this.#socket.resume()
  }

  override parse(buffer: Buffer): Pgoutput.Message {
    const message = super.parse(buffer)
    if (message.tag === 'relation') {
      for (const column of message.columns) if (this.#slot.verbatim(column.name)) column.parser = asItIs
    }
    return message
  }
}

const asItIs = (text: string) => text

const Connected = z.object({ connection: z.object({ stream: z.unknown() }) })
const socketOf = (client: Client) => Connected.safeParse(client).data?.connection.stream

const unless = (code: string) => (error: unknown) => {
  if (!(error instanceof pg.DatabaseError && error.code === code)) throw error
}
const unlessThere = unless('42710')
const unlessGone = unless('42704')
