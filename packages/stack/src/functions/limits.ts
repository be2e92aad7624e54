/** What one worker of a function may use before it is ended. */
export type Limits = {
  /** Without a byte of an answer for so long, a call is given up (504). */
  idleMs: number
  /** How long a worker lives; new calls go to another from half of it on. */
  wallClockMs: number
  /** Processor time after which new calls go to another worker, and after which this one is ended (546). */
  cpuSoftMs: number
  cpuHardMs: number
  /** Over what the process takes for itself (546). */
  memoryBytes: number
  /** How long it may take to load. */
  bootMs: number
}

/** Those of a hosted project on a paid plan: https://supabase.com/docs/guides/functions/limits */
export const hostedLimits: Limits = {
  idleMs: 150_000,
  wallClockMs: 400_000,
  cpuSoftMs: 1_000,
  cpuHardMs: 2_000,
  memoryBytes: 256 * 2 ** 20,
  bootMs: 30_000,
}
