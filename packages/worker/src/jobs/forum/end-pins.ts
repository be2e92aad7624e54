import { endPins } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

/** Takes down what was pinned for a time. Runs twice without harm. */
export const endPinsHandler = ({ db }: Deps) =>
  handle(endPins, async (_, { log }) => {
    const { rows } = await db.query('select private.end_pins() as ended')
    if (rows[0].ended > 0) log.info({ ended: rows[0].ended }, 'pins that are over are taken down')
  })
