import { erasePeople } from '@p2p/contracts'
import { z } from 'zod'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { erasePerson } from './erase-person.ts'

const Ids = z.array(z.object({ id: z.uuid() }))

/**
 * Reminds those whose 14 days are nearly over, then erases those whose days are. One who cannot be erased now keeps nobody
 * else waiting: the job fails at its end and goes on where that person was left.
 */
export const erasePeopleHandler = (deps: Deps) =>
  handle(erasePeople, async (_, { log, signal }) => {
    await remind(deps)
    const { rows } = await deps.db.query(
      `select id from private.erasures where step <> 'done' and due_at <= now() order by due_at, id`,
    )
    const failures: Error[] = []
    for (const { id } of Ids.parse(rows)) {
      if (signal.aborted) break
      try {
        await erasePerson(deps, id)
        log.info({ erasure_id: id }, 'a person is erased')
      } catch (error) {
        log.warn({ erasure_id: id, err: error }, 'a person could not be erased yet')
        failures.push(error instanceof Error ? error : new Error(String(error)))
      }
    }
    if (failures[0]) throw new Error(`${failures.length} not erased yet: ${failures[0].message}`)
  })

const remind = ({ db }: Deps) =>
  db.query(
    `with near as (
       update private.erasures set reminded_at = now()
       where step = 'waiting' and reminded_at is null and due_at between now() and now() + interval '2 days'
       returning id)
     select private.enqueue('personal-data.send-erasure-notice',
       jsonb_build_object('erasureId', id, 'notice', 'reminder')) from near`,
  )
