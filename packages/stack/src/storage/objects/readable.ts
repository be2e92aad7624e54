import type { Act } from '../act.ts'
import { findBucket } from '../buckets/rows.ts'
import type { Query } from '../database.ts'
import { faults } from '../fault.ts'
import type { Parts } from '../parts.ts'
import { findObject, type ObjectRow } from './rows.ts'

type Named = { bucket: string; name: string }

/** Reads the row of an object in a public bucket, for anybody. */
export const findPublic = ({ database }: Parts, act: Act, { bucket, name }: Named): Promise<ObjectRow> =>
  database.asAdmin(act, async (query) => {
    const found = await findBucket(query, bucket)
    if (!found.public) throw faults.noBucket()
    return findObject(query, bucket, name)
  })

/** Reads the row of an object that the caller may see; in a public bucket that is any, whoever calls. */
export async function findReadable(
  { database }: Parts,
  act: Act,
  { bucket, name }: Named,
): Promise<ObjectRow> {
  const found = await database.asAdmin(act, (query) => findBucket(query, bucket))
  if (!act.isKnown && !found.public) throw faults.noBucket()
  const read = (query: Query) => findObject(query, bucket, name)
  return found.public ? database.asAdmin(act, read) : database.asCaller(act, read)
}

/** Reads a row for whoever holds a signed link to it. */
export const findSigned = ({ database }: Parts, act: Act, { bucket, name }: Named): Promise<ObjectRow> =>
  database.asAdmin(act, (query) => findObject(query, bucket, name))
