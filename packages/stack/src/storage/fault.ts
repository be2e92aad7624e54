/**
 * A refusal as hosted Storage words it: `statusCode` in the body says what is meant, while the answer's own status is 400
 * for nearly all of them.
 */
export class StorageFault extends Error {
  readonly statusCode: number
  readonly code: string
  /** An older name of the code, where there is one. */
  readonly error: string
  /** The answer's own status. */
  readonly status: number

  constructor(
    statusCode: number,
    code: string,
    message: string,
    more: { error?: string; status?: number } = {},
  ) {
    super(message)
    this.statusCode = statusCode
    this.code = code
    this.error = more.error ?? code
    this.status = more.status ?? (statusCode === 500 ? 500 : 400)
  }
}

/** The refusals that more than one place speaks. */
export const faults = {
  noBucket: () => new StorageFault(404, 'NoSuchBucket', 'Bucket not found', { error: 'Bucket not found' }),
  noObject: () => new StorageFault(404, 'NoSuchKey', 'Object not found', { error: 'not_found' }),
  denied: (message: string, status?: number) =>
    new StorageFault(403, 'AccessDenied', message, { error: 'Unauthorized', ...(status && { status }) }),
  exists: (code: 'KeyAlreadyExists' | 'BucketAlreadyExists' | 'ResourceAlreadyExists') =>
    new StorageFault(409, code, 'The resource already exists', { error: 'Duplicate' }),
  invalid: (message: string) => new StorageFault(400, 'InvalidRequest', message),
  invalidParameter: (message: string) => new StorageFault(400, 'InvalidParameter', message),
  invalidKey: (key: string) => new StorageFault(400, 'InvalidKey', `Invalid key: ${key}`),
  invalidBucketName: () =>
    new StorageFault(400, 'InvalidBucketName', 'Bucket name invalid', { error: 'Invalid Input' }),
  noContent: (message = 'No content provided') => faults.invalid(message),
  invalidMimeType: (type: string) =>
    new StorageFault(415, 'InvalidMimeType', `mime type ${type} is not supported`, {
      error: 'invalid_mime_type',
    }),
  tooLarge: (what = 'object') =>
    new StorageFault(413, 'EntityTooLarge', `The ${what} exceeded the maximum allowed size`, {
      error: 'Payload too large',
    }),
  invalidRange: () =>
    new StorageFault(416, 'InvalidRange', 'invalid range provided', { error: 'invalid_range', status: 416 }),
  lockTimeout: () =>
    new StorageFault(503, 'LockTimeout', 'acquiring lock timeout', { error: 'acquiring_lock_timeout' }),
  /** What Fastify, under the real server, says of a request that does not fit its route's description. */
  unfit: (message: string) => new StorageFault(400, 'InvalidRequest', message, { error: 'Error' }),
  unreadable: (statusCode: number, code: string, message: string) =>
    new StorageFault(statusCode, code, message, { error: 'FastifyError', status: statusCode }),
}

export const answerFault = ({ statusCode, error, message, code, status }: StorageFault): Response =>
  Response.json({ statusCode: String(statusCode), error, message, code }, { status })
