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

/** The same in the words it ends a channel with that was open already, because its token was replaced. */
export function whileOpen({ code, message }: Fault): string {
  if (code === 'QueryCanceled') return 'Query was cancelled, please try again'
  if (code === 'JwtSignatureError') return ':signature_error'
  if (code === 'JwtSignerError' && !message.includes('(kid)')) return ':error_generating_signer'
  return message
}
