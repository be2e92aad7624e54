import { setInterval } from 'node:timers/promises'
import type { Limits } from './limits.ts'
import { type Usage, usageOf } from './usage.ts'

export type Supervised = {
  pid: number
  isOver(): boolean
  hasLoaded(): boolean
  /** Calls that it has not answered yet. */
  inFlight(): number
  /** New calls are to go to another. */
  retire(why: string): void
  /** Its time is nearly over. */
  warn(): void
  /** It has used too much. */
  end(why: string): void
}

const lookMs = 100
/** The part of its time after which a worker is told that it ends, as edge-runtime's own setting has it. */
const warnAt = 0.9

/** Loading reads and translates what a hosted project translates as it is deployed. */
const loadingMs = 3_000

/** Looks at what a worker uses, as long as it lives, and ends it where that is too much. */
export async function supervise(worker: Supervised, limits: Limits): Promise<void> {
  const began = performance.now()
  let warned = false
  let idle: Usage | undefined
  let loaded: Usage | undefined
  let last: Usage | undefined
  for await (const _ of setInterval(lookMs, undefined, { ref: false })) {
    if (worker.isOver()) return
    const lived = performance.now() - began
    if (!warned && lived > limits.wallClockMs * warnAt) {
      warned = true
      worker.warn()
    }
    if (lived > limits.wallClockMs) worker.end('its time')
    else if (lived > limits.wallClockMs / 2) worker.retire('half of its time is over')

    const use = await usageOf(worker.pid)
    if (!use) continue
    if (!worker.hasLoaded()) {
      if (use.cpuMs > limits.cpuHardMs + loadingMs) worker.end('processor time')
      continue
    }
    loaded ??= use
    // What is counted is a stretch of work: it begins where no call waits and the processor rests.
    const rests = worker.inFlight() === 0 && use.cpuMs - (last ?? use).cpuMs < lookMs / 2
    if (rests || !idle) idle = use
    last = use

    const spent = use.cpuMs - idle.cpuMs
    const grown = use.bytes - loaded.bytes
    if (spent >= limits.cpuHardMs) worker.end('processor time')
    else if (grown > limits.memoryBytes) worker.end('memory')
    else if (spent >= limits.cpuSoftMs) worker.retire('half of its processor time is used')
    else if (grown > limits.memoryBytes / 2) worker.retire('half of its memory is used')
  }
}
