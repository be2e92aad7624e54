import { sendDigests } from '@p2p/contracts'
import { z } from 'zod'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

const Made = z.object({ made: z.number() })

/**
 * Makes the digests of those whose hour has come by their own clock; each is then a mail like the others, with a job
 * and tries of its own. Whoever has theirs for this hour gets no second, however often this runs.
 */
export const sendDigestsHandler = ({ db }: Deps) =>
  handle(sendDigests, async (_, { log }) => {
    const { rows } = await db.query('select private.make_digests() as made')
    log.info(Made.parse(rows[0]), 'digests are made')
  })
