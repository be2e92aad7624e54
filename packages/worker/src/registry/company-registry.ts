/** What a register of companies says of a number. `nationalNumber` is the one number of the company for all purposes. */
export type RegistryAnswer =
  | { found: false }
  | { found: true; name: string; nationalNumber: string; active: boolean; expiresOn: string | null }

/** A register of companies. Throws `RegistryUnreachable` or `RegistryRefused`, and nothing else. */
export type CompanyRegistry = { find(number: string, signal: AbortSignal): Promise<RegistryAnswer> }

/** It did not answer, or not so that we understand: another try may help, after `retryAfter` seconds where it said so. */
export class RegistryUnreachable extends Error {
  override readonly name = 'RegistryUnreachable'
  readonly retryAfter: number | null

  constructor(message: string, retryAfter: number | null = null) {
    super(message)
    this.retryAfter = retryAfter
  }
}

/** It does not know our key, or the key does not open this: a person must mend the configuration. */
export class RegistryRefused extends Error {
  override readonly name = 'RegistryRefused'
}
