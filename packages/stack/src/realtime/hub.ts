import type { Extension } from './authorization.ts'
import type { Frame, Version } from './protocol.ts'

/** Something for every member of a topic; written once per protocol version, whatever the number of members. */
export type Delivery = {
  extension: Extension
  frame: (version: Version) => Frame | null
  /** The row of `realtime.messages` it came from. */
  id?: string
}

export type Member = { receive(delivery: Delivery): void }

export function delivery(
  extension: Extension,
  write: (version: Version) => Frame | null,
  id?: string,
): Delivery {
  const written = new Map<Version, Frame | null>()
  const frame = (version: Version) => {
    const known = written.get(version)
    if (known !== undefined) return known
    const made = write(version)
    written.set(version, made)
    return made
  }
  return id === undefined ? { extension, frame } : { extension, frame, id }
}

/** A public and a private topic of one name are two topics. */
export const topicKey = (name: string, isPrivate: boolean) => `${isPrivate ? 'private' : 'public'}:${name}`

/** The name of a topic as clients know it. */
export const wireTopic = (key: string) => `realtime:${key.slice(key.indexOf(':') + 1)}`

/** Who listens where. */
export class Hub {
  readonly #topics = new Map<string, Set<Member>>()

  add(key: string, member: Member): void {
    const members = this.#topics.get(key)
    if (members) members.add(member)
    else this.#topics.set(key, new Set([member]))
  }

  remove(key: string, member: Member): void {
    const members = this.#topics.get(key)
    members?.delete(member)
    if (members?.size === 0) this.#topics.delete(key)
  }

  publish(key: string, delivery: Delivery, except?: Member): void {
    for (const member of this.#topics.get(key) ?? []) if (member !== except) member.receive(delivery)
  }
}
