import { createHash, randomInt } from 'node:crypto'

export type Token = { token: string; tokenHash: string }

/** A code for a person to type, and the hash that stands for it in links and in the database. */
export function makeToken(email: string, length: number): Token {
  const token = Array.from({ length }, () => randomInt(10)).join('')
  // As @supabase/lite computes it, which checks the token in the end.
  return {
    token,
    tokenHash: createHash('sha256')
      .update(email.toLowerCase() + token)
      .digest('hex'),
  }
}
