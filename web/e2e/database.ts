import { withClient } from '@p2p/database/testing/database'
import type { World } from './world.ts'

/** Asks the database of a story, or changes what only time would: an age, an end. */
export const sql = ({ stack }: World, text: string, values: unknown[] = []) =>
  withClient(stack.urls.database, async (client) => (await client.query(text, values)).rows)
