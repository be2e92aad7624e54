import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { type Database, inTransaction } from '../../database.ts'

const Row = z.object({ subject: z.string().regex(/^[a-z_]+$/), entry: z.record(z.string(), z.unknown()) })
type Row = z.infer<typeof Row>

/** Rows held in memory at a time. */
const batch = 200

/** What one file of the copy holds. */
export type Written = { path: string; entries: number }

/**
 * Writes everything held about a person into `folder`, a JSON file for each subject. Read by a cursor in one snapshot,
 * so that neither a long life here nor what happens meanwhile matters.
 */
export async function gatherData(
  db: Database,
  person: string,
  folder: string,
  signal: AbortSignal,
): Promise<Written[]> {
  return inTransaction(db, async (client) => {
    await client.query(
      `declare held no scroll cursor for
       select subject, entry from private.personal_data('${z.uuid().parse(person)}')
       with ordinality as data (subject, entry, place) order by subject, place`,
    )
    const rows = async function* (): AsyncGenerator<Row> {
      for (;;) {
        const { rows: some } = await client.query(`fetch ${batch} from held`)
        if (some.length === 0) return
        for (const row of some) yield Row.parse(row)
      }
    }
    return writeSubjects(rows(), folder, signal)
  })
}

async function writeSubjects(
  rows: AsyncGenerator<Row>,
  folder: string,
  signal: AbortSignal,
): Promise<Written[]> {
  const written: Written[] = []
  let next = await rows.next()
  while (!next.done) {
    const { subject } = next.value
    let entries = 0
    // One array, an entry a paragraph, so that it reads well and never stands in memory whole.
    const text = async function* () {
      yield '['
      while (!next.done && next.value.subject === subject) {
        yield `${entries === 0 ? '\n' : ',\n'}${JSON.stringify(next.value.entry, null, 2)}`
        entries += 1
        next = await rows.next()
      }
      yield '\n]\n'
    }
    const path = `${subject}.json`
    await pipeline(Readable.from(text()), createWriteStream(join(folder, path)), { signal })
    written.push({ path, entries })
  }
  return written
}
