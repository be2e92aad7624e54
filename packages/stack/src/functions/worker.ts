import { accepts, type Ending, type Launch, startDeno } from './deno.ts'
import { supervise } from './supervision.ts'

/** A process of Deno that serves one function: several calls at a time, one function ever. */
export type Worker = {
  /** Names it in the header x-deno-execution-id. */
  id: string
  socket: string
  /** True when it takes calls; false when it never will. */
  ready: Promise<boolean>
  exited: Promise<Ending>
  isRetired(): boolean
  /** A call is given to it; returns what to call when that is over. */
  enter(): () => void
  /** No more calls: it goes when the last is answered and its background tasks are done. */
  retire(why?: string): void
  /** Goes now, with a moment for `beforeunload`. */
  stop(): void
}

const lastMomentsMs = 1_000

export function startWorker(launch: Launch): Worker {
  const { name, id, socket, limits, voices } = launch
  const { child, exited: gone } = startDeno(launch)
  let ending: Ending | undefined
  let over = false
  let loaded = false
  let retired = false
  let inFlight = 0

  const exited = gone.then((seen) => {
    over = true
    const why = ending ?? seen
    voices.log(why === 'told' ? 'info' : 'warn', `function ${name} ended`, { why })
    return why
  })
  const end = (as: Ending, signal: NodeJS.Signals) => {
    ending ??= as
    child.kill(signal)
  }
  const goIfDone = () => {
    if (retired && inFlight === 0 && !over) end('told', 'SIGHUP')
  }
  const retire = (why?: string) => {
    if (retired) return
    retired = true
    if (why) voices.log('info', `function ${name} goes on in another worker: ${why}`)
    goIfDone()
  }
  const giveUp = setTimeout(() => end('notLoaded', 'SIGKILL'), limits.bootMs)
  const ready = Promise.race([exited.then(() => false), accepts(socket, () => over)]).then((is) => {
    clearTimeout(giveUp)
    loaded = is
    return is
  })
  const endAtLimit = (what: string) => {
    if (over || ending === 'limit') return
    voices.log('error', `function ${name} is ended: it has used up ${what}`)
    end('limit', 'SIGKILL')
  }
  if (child.pid !== undefined) {
    const supervised = {
      pid: child.pid,
      isOver: () => over,
      hasLoaded: () => loaded,
      inFlight: () => inFlight,
      retire,
      warn: () => void child.kill('SIGUSR1'),
      end: endAtLimit,
    }
    void supervise(supervised, limits)
  }

  return {
    id,
    socket,
    ready,
    exited,
    isRetired: () => retired || over,
    enter() {
      inFlight += 1
      let left = false
      return () => {
        if (left) return
        left = true
        inFlight -= 1
        goIfDone()
      }
    },
    retire,
    stop() {
      retired = true
      end('told', 'SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), lastMomentsMs)
      void exited.then(() => clearTimeout(kill))
    },
  }
}
