import { join } from 'node:path'
import { reasonOf } from '../log.ts'
import { type Child, lastLines, type PartPlan, startChild } from './child.ts'

export type PartState = {
  state: 'starting' | 'ready' | 'waiting' | 'stopped'
  pid?: number
  restarts: number
}

export type Part = {
  name: string
  state(): PartState
  /** Resolves when the part does its work for the first time; rejects when it cannot. */
  start(): Promise<void>
  stop(): Promise<void>
}

const shortestWait = 500
const longestWait = 30_000
/** Whoever lasted this long has earned a quick restart. */
const steadyMs = 60_000

/** Keeps a part running: started again when it ends by itself, each time a little later. */
export function keepPart(plan: PartPlan, logs: string, changed: (line?: string) => void): Part {
  const logFile = join(logs, `${plan.name}.log`)
  let child: Child | undefined
  let state: PartState['state'] = 'stopped'
  let restarts = 0
  let wait = shortestWait
  let waiting: NodeJS.Timeout | undefined
  let wanted = false

  const become = (next: PartState['state'], line?: string) => {
    state = next
    changed(line)
  }

  async function launch(): Promise<void> {
    const started = Date.now()
    const mine = startChild(plan, logFile)
    child = mine
    become('starting')
    void mine.exited.then((why) => ended(mine, why, Date.now() - started))
    await mine.ready
    if (child === mine) become('ready')
  }

  function ended(mine: Child, why: string, lasted: number): void {
    if (!wanted || child !== mine || state === 'stopped') return
    if (lasted > steadyMs) wait = shortestWait
    become('waiting', `${plan.name} ended (${why}); it is started again in ${wait / 1000} s. See ${logFile}`)
    waiting = setTimeout(() => {
      restarts += 1
      launch().catch(() => child?.stop())
    }, wait)
    wait = Math.min(wait * 2, longestWait)
  }

  return {
    name: plan.name,
    state: () => ({ state, restarts, ...(child?.pid === undefined ? {} : { pid: child.pid }) }),
    async start() {
      // After a reset all parts are started again, those too that ran through it.
      if (wanted) return
      try {
        await launch()
        wanted = true
        if (child?.isOver()) ended(child, 'at once', 0)
      } catch (cause) {
        await child?.stop()
        become('stopped')
        throw new Error(
          `${plan.name} did not start: ${reasonOf(cause)}\n${await lastLines(logFile)}\n(${logFile})`,
          {
            cause,
          },
        )
      }
    },
    async stop() {
      wanted = false
      clearTimeout(waiting)
      await child?.stop()
      become('stopped')
    },
  }
}
