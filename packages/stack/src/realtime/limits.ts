/**
 * What clients may ask of the server. The figures are hosted's where it states one, for a project on the Pro plan without a
 * spend cap (https://supabase.com/docs/guides/realtime/limits); `env.ts` names those that can be set.
 */
export type Limits = {
  /** Bytes of one WebSocket message; a longer one closes the socket with 1009. */
  frameBytes: number
  /** Bytes of the payload of one broadcast or of one presence. */
  payloadBytes: number
  /** Bytes of a topic, `realtime:` included: as many as a binary frame can name. Not stated by hosted. */
  topicBytes: number
  /** Channels on one connection. */
  channels: number
  /** Connections with at least one channel. */
  users: number
  /** Of all clients together, on average over a minute (`rate.ts`). */
  joinsPerSecond: number
  eventsPerSecond: number
  presencesPerSecond: number
  /** Calls of track and untrack on one channel within `presenceWindowMs`. */
  presenceCalls: number
  presenceWindowMs: number
  /** A socket from which nothing was heard for so long is dead; clients send a heartbeat every 25 seconds. */
  silenceMs: number
  /** A socket without a channel for so long is cut off. */
  idleMs: number
  /** How long a client that asked for it is told that messages from the database arrive, before its channel ends. */
  replicationMs: number
  /** Bytes that may wait for one slow reader before it is cut off. Not stated by hosted. */
  unreadBytes: number
  /** Messages, and their bytes, of one client that may wait for the database before it is read no further. */
  unservedMessages: number
  unservedBytes: number
  /** How often open private channels are asked again whether they may still be open. Hosted never asks. */
  recheckMs: number
}

export const defaultLimits: Limits = {
  frameBytes: 5_000_000,
  payloadBytes: 3_000_500,
  topicBytes: 255,
  channels: 100,
  users: 10_000,
  joinsPerSecond: 2_500,
  eventsPerSecond: 2_500,
  presencesPerSecond: 1_000,
  presenceCalls: 5,
  presenceWindowMs: 30_000,
  silenceMs: 60_000,
  idleMs: 600_000,
  replicationMs: 60_000,
  unreadBytes: 8_000_000,
  unservedMessages: 200,
  unservedBytes: 1_000_000,
  recheckMs: 60_000,
}
