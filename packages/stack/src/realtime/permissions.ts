import type { Allowed, Authorization, Extension } from './authorization.ts'
import { Fault } from './fault.ts'
import type { Json } from './protocol.ts'
import type { Identity } from './token.ts'

/** What is asked before a channel may do anything; a public one may do everything. */
export interface Permissions {
  /** Throws a Fault when the person may read neither broadcasts nor presences. */
  open(presence: boolean): Promise<void>
  /** The same for a new token, or later for the same one; throws also when a right to read has been lost. */
  renew(identity: Identity, presence: boolean): Promise<void>
  mayRead(extension: Extension): boolean
  /** Asks for what was not asked when the channel was joined. */
  learnToRead(extension: Extension): Promise<boolean>
  mayWrite(extension: Extension): Promise<boolean>
}

export const publicPermissions: Permissions = {
  open: async () => {},
  renew: async () => {},
  mayRead: () => true,
  learnToRead: async () => true,
  mayWrite: async () => true,
}

/** Rights of one person on one private topic. Answers are kept until the token changes or the channel is rechecked. */
export class PrivatePermissions implements Permissions {
  readonly #authorization: Authorization
  readonly #topic: string
  readonly #headers: Json
  #identity: Identity
  #reads: Allowed = {}
  #writes: Allowed | undefined

  constructor(authorization: Authorization, topic: string, headers: Json, identity: Identity) {
    this.#authorization = authorization
    this.#topic = topic
    this.#headers = headers
    this.#identity = identity
  }

  async open(presence: boolean): Promise<void> {
    const reads = await this.#askReads(presence ? ['broadcast', 'presence'] : ['broadcast'])
    if (!reads.broadcast && !reads.presence) throw unreadable(this.#topic)
    this.#reads = reads
    this.#writes = undefined
  }

  async renew(identity: Identity, presence: boolean): Promise<void> {
    const before = this.#reads
    this.#identity = identity
    await this.open(presence)
    const lost = (extension: Extension) => before[extension] === true && this.#reads[extension] === false
    if (lost('broadcast') || lost('presence')) {
      const message = `You no longer have permission to read from this Channel topic: ${this.#topic}`
      throw new Fault('Unauthorized', message)
    }
  }

  mayRead(extension: Extension): boolean {
    return this.#reads[extension] === true
  }

  async learnToRead(extension: Extension): Promise<boolean> {
    this.#reads[extension] ??= (await this.#askReads([extension]))[extension] ?? false
    return this.#reads[extension]
  }

  async mayWrite(extension: Extension): Promise<boolean> {
    this.#writes ??= await this.#authorization.mayWrite(this.#asker(), ['broadcast', 'presence'])
    return this.#writes[extension] === true
  }

  async #askReads(extensions: Extension[]): Promise<Allowed> {
    try {
      return await this.#authorization.mayRead(this.#asker(), extensions)
    } catch (error) {
      if (error instanceof Fault && error.code === 'RlsPolicyError') throw unreadable(this.#topic, error)
      throw error
    }
  }

  #asker() {
    return { identity: this.#identity, topic: this.#topic, headers: this.#headers }
  }
}

export const unreadable = (topic: string, cause?: unknown) =>
  new Fault('Unauthorized', `You do not have permissions to read from this Channel topic: ${topic}`, cause)
