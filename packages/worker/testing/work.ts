import { setTimeout as pass } from 'node:timers/promises'
import { job } from '@p2p/contracts'
import { z } from 'zod'
import type { Deps } from '../src/deps.ts'
import { handle } from '../src/handle.ts'
import type { Work } from '../src/worker.ts'

/** Begins, waits until its gate is opened in the database, ends; and writes down both. */
export const hold = job('test.hold', z.object({ key: z.string() }), { retryDelay: 0, retryBackoff: false })

/** Fails at each try. */
export const fail = job('test.fail', z.object({ because: z.string() }), {
  retryLimit: 2,
  retryDelay: 0,
  retryBackoff: false,
})

export const tables = `
  create table private.steps (key text not null, step text not null, pid int not null);
  create table private.gates (key text primary key)`

const holdHandler = ({ db }: Deps) =>
  handle(hold, async ({ key }, { signal }) => {
    const note = (step: string) =>
      db.query('insert into private.steps (key, step, pid) values ($1, $2, $3)', [key, step, process.pid])
    await note('begun')
    while (!(await db.query('select from private.gates where key = $1', [key])).rowCount) {
      await pass(20, undefined, { signal })
    }
    await note('ended')
  })

const failHandler = () =>
  handle(fail, async ({ because }) => {
    throw new Error(because)
  })

export const testWork: Work = {
  jobs: [hold, fail],
  handlers: (deps) => [holdHandler(deps), failHandler()],
}
