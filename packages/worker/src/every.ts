/** Does `work` now and again and again, `milliseconds` after its last end. `work` must not throw. */
export function every(milliseconds: number, work: () => Promise<void>): { stop(): void } {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const turn = async () => {
    await work()
    if (!stopped) timer = setTimeout(turn, milliseconds)
  }
  void turn()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
