import type { Client } from 'pg'
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'

const publication = 'supabase_realtime_messages_publication'

/** Reads the publication through a slot that lives and dies with its connection. */
export class TemporarySlotPlugin extends PgoutputPlugin {
  constructor() {
    super({ protoVersion: 2, publicationNames: [publication] })
  }

  override async start(client: Client, slot: string, lsn: string): Promise<unknown> {
    // In capitals: the words of the replication protocol are not known otherwise.
    await client.query(`CREATE_REPLICATION_SLOT ${slot} TEMPORARY LOGICAL pgoutput NOEXPORT_SNAPSHOT`)
    return super.start(client, slot, lsn)
  }

  /** A payload is passed on as the database wrote it; parsed and written again, large numbers would change. */
  override parse(buffer: Buffer): Pgoutput.Message {
    const message = super.parse(buffer)
    if (message.tag === 'relation') {
      for (const column of message.columns) if (column.name === 'payload') column.parser = asItIs
    }
    return message
  }
}

const asItIs = (text: string) => text
