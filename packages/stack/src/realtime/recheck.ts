import { setTimeout as wait } from 'node:timers/promises'
import type { Channel } from './channel.ts'

/** Closes the channels of a session that has ended. Hosted leaves them open until their token runs out. */
export function closeChannelsOf(sessionId: string, channels: Iterable<Channel>): void {
  for (const channel of Array.from(channels)) {
    if (channel.sessionId === sessionId) channel.shutdown('Session has ended')
  }
}

/**
 * Asks the policies again, every `everyMs`, about each open private channel. The hosted server asks when a channel is
 * joined and when its token is renewed, which leaves a person who lost the right listening for up to an hour; this
 * stack is stricter on purpose. One after the other, so that it is never more than one connection's work.
 */
export function recheckChannels(everyMs: number, channels: () => Iterable<Channel>): { stop(): void } {
  const stopping = new AbortController()
  const { signal } = stopping

  async function forEver(): Promise<void> {
    while (!signal.aborted) {
      await wait(everyMs, undefined, { signal }).catch(() => {})
      for (const channel of Array.from(channels())) {
        if (channel.join.private && !signal.aborted) await channel.recheck()
      }
    }
  }

  void forEver()
  return { stop: () => stopping.abort() }
}
