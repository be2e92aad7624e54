/**
 * A refusal a client is told of. `code` is the hosted server's word for it, which precedes the sentence in the answer
 * to a join; the sentence stands alone where a channel is closed.
 */
export class Fault extends Error {
  readonly code: string
  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'Fault'
    this.code = code
  }
}
