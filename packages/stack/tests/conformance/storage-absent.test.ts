import { describe, expect, it } from 'vitest'
import { ask } from './storage-world.ts'
import { admin, fresh } from './world.ts'

const { vectors, analytics } = admin.storage
const name = fresh('absent')
const refusal = { status: 403, message: 'feature not enabled for this tenant' }

const calls = {
  'storage.vectors.createBucket': () => vectors.createBucket(name),
  'storage.vectors.getBucket': () => vectors.getBucket(name),
  'storage.vectors.listBuckets': () => vectors.listBuckets(),
  'storage.vectors.deleteBucket': () => vectors.deleteBucket(name),
  'storage.vectors.from': () => vectors.from(name).listIndexes(),
  'storage.analytics.createBucket': () => analytics.createBucket(name),
  'storage.analytics.listBuckets': () => analytics.listBuckets(),
  'storage.analytics.deleteBucket': () => analytics.deleteBucket(name),
}
for (const [member, call] of Object.entries(calls)) {
  describe(member, () => {
    it('differs: missing, and refused as on a project that has not taken the feature', async () => {
      expect((await call()).error).toMatchObject(refusal)
    })
  })
}

describe('storage.analytics.from', () => {
  it('differs: missing, and refused as on a project that has not taken the feature', async () => {
    expect((await ask(`/iceberg/v1/${name}/namespaces`)).status).toBe(refusal.status)
    expect((await ask('/s3/')).headers.get('content-type')).toContain('xml')
  })
})
