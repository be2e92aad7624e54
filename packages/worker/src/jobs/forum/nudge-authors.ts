import { nudgeAuthors } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

/** Which topics and which authors is the database's to say; it notes them as it tells them. */
export const nudgeAuthorsHandler = ({ db }: Deps) =>
  handle(nudgeAuthors, async (_, { log }) => {
    const { rows } = await db.query('select private.nudge_authors() as nudged')
    log.info({ nudged: rows[0].nudged }, 'authors are asked whether a reply answers their topic')
  })
