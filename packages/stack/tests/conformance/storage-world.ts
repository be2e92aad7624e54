import sharp from 'sharp'
import { expect } from 'vitest'
import { admin, fresh, sql, target } from './world.ts'

/** In hosted's words: the status it means, its code and its sentence; the answer's own status is nearly always 400. */
export function expectRefusal(
  error: unknown,
  statusCode: string,
  code: string,
  message?: string,
  status = 400,
) {
  expect(error).toMatchObject({ statusCode, code, status, ...(message && { message }) })
}

type Options = Parameters<typeof admin.storage.createBucket>[1]

export async function newBucket(options: Options = { public: false }): Promise<string> {
  const name = fresh('bucket')
  const { error } = await admin.storage.createBucket(name, options)
  if (error) throw error
  return name
}

/** A policy on storage.objects for one bucket; gone with the returned function. */
export async function policy(bucket: string, command: string, rule: string): Promise<() => Promise<void>> {
  const name = fresh('policy')
  const clause = command === 'insert' ? 'with check' : 'using'
  await sql(
    `create policy ${name} on storage.objects for ${command} to authenticated
     ${clause} (bucket_id = '${bucket}' and ${rule})`,
  )
  return async () => void (await sql(`drop policy ${name} on storage.objects`))
}

/** Storage as one asks without a client. */
export const ask = (path: string, init: RequestInit = {}) => fetch(`${target.api}/storage/v1${path}`, init)

export const asAdmin = { authorization: `Bearer ${target.secretKey}`, apikey: target.secretKey }
export const asVisitor = { authorization: `Bearer ${target.publishableKey}`, apikey: target.publishableKey }

export const picture = (width: number, height: number, format: 'png' | 'jpeg' | 'webp' = 'png') =>
  sharp({ create: { width, height, channels: 3, background: '#269' } })
    .toFormat(format)
    .toBuffer()

export async function frameOf(
  image: Blob | Response,
): Promise<{ width: number; height: number; format: string }> {
  const { width, height, format } = await sharp(Buffer.from(await image.arrayBuffer())).metadata()
  return { width, height, format }
}
