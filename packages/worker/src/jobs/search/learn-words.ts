import { learnWords } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

/** Learns, a batch at a time, the words of what was written since it ran last. Runs twice without harm. */
export const learnWordsHandler = ({ db }: Deps) =>
  handle(learnWords, async (_, { log, signal }) => {
    let learned = 0
    for (let batch = 1; batch > 0 && !signal.aborted; learned += batch) {
      const { rows } = await db.query<{ entries: number }>('select private.learn_words() as entries')
      batch = rows[0]?.entries ?? 0
    }
    log.info({ entries: learned }, 'the words of new entries are learned')
  })
