import { StorageFault } from '../fault.ts'

export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/** Lets a few work at once and some more wait; whoever comes then is refused. */
export function takeTurns(atOnce: number, waiting: number): Turns {
  const queue: (() => void)[] = []
  let working = 0
  return async (work) => {
    if (working >= atOnce) {
      if (queue.length >= waiting) throw new StorageFault(429, 'InvalidRequest', 'Too many requests')
      await new Promise<void>((turn) => queue.push(turn))
    } else {
      working += 1
    }
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else working -= 1
    }
  }
}
