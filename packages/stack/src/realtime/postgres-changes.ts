import type { Json } from './protocol.ts'

/**
 * How subscriptions to changes of tables are answered. The client compares the list with its own and fails on a
 * difference, so it is given back with ids; that no change will come is then said in a system message.
 */
export const numbered = (subscriptions: Json[]): Json[] =>
  subscriptions.map((asked, i) => ({ ...asked, id: i + 1 }))

export const notServed =
  'postgres_changes is not served by the embedded stack: broadcast from the database instead'
