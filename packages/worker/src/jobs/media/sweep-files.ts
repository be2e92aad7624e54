import { sweepFiles } from '@p2p/contracts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'

/** What nobody will finish, and objects whose row is gone (sql/20_media and 30_forum/03_attachments say which). Runs twice without harm. */
export const sweepFilesHandler = ({ db }: Deps) =>
  handle(sweepFiles, async (_, { log }) => {
    const { rows } = await db.query<{ swept: number }>(
      'select private.sweep_files() + private.sweep_attachments() as swept',
    )
    log.info({ swept: rows[0]?.swept }, 'files that nobody will finish are let go')
  })
