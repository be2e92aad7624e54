import { UploadPlace } from '@p2p/contracts'
import { expect } from 'vitest'
import type { Resident } from './whole.ts'
import { until } from './workshop.ts'

/** Sends a file for a post as a browser does, and answers its id and what became of it. A worker must be at work. */
export async function sendFile({ supabase }: Resident, bytes: Buffer, type: string) {
  const asked = { purpose: 'attachment', size: bytes.length, content_type: type }
  const { data, error } = await supabase.rpc('create_upload', asked)
  if (error) throw error
  const { bucket, path, id } = UploadPlace.parse(data)
  const { error: unsent } = await supabase.storage
    .from(bucket)
    .upload(path, new Blob([new Uint8Array(bytes)], { type }))
  if (unsent) throw unsent
  const state = await until(async () => {
    const { data } = await supabase.from('files').select('status, reason').eq('id', id).single()
    expect(data?.status).not.toBe('pending')
    return data
  })
  return { id, ...state }
}
