import { describe, expect, it } from 'vitest'
import { ask } from './storage-world.ts'
import { admin, fresh } from './world.ts'

const { vectors, analytics } = admin.storage
const name = fresh('absent')
const refusal = { status: 403, message: 'feature not enabled for this tenant' }

const isRefused = async (call: PromiseLike<{ error: unknown }>) =>
  expect((await call).error).toMatchObject(refusal)

describe('storage.vectors.createBucket', () => {
  it('missing: refused as on a project that has not taken the feature', () =>
    isRefused(vectors.createBucket(name)))
})

describe('storage.vectors.getBucket', () => {
  it('missing: refused as on a project that has not taken the feature', () =>
    isRefused(vectors.getBucket(name)))
})

describe('storage.vectors.listBuckets', () => {
  it('missing: refused as on a project that has not taken the feature', () =>
    isRefused(vectors.listBuckets()))
})

describe('storage.vectors.deleteBucket', () => {
  it('missing: refused as on a project that has not taken the feature', () =>
    isRefused(vectors.deleteBucket(name)))
})

describe('storage.vectors.from', () => {
  it('missing: refused as on a project that has not taken the feature', () =>
    isRefused(vectors.from(name).listIndexes()))
})

describe('storage.analytics.createBucket', () => {
  it('missing: refused as on a project that has not taken the feature', () =>
    isRefused(analytics.createBucket(name)))
})

describe('storage.analytics.listBuckets', () => {
  it('missing: refused as on a project that has not taken the feature', () =>
    isRefused(analytics.listBuckets()))
})

describe('storage.analytics.deleteBucket', () => {
  it('missing: refused as on a project that has not taken the feature', () =>
    isRefused(analytics.deleteBucket(name)))
})

describe('storage.analytics.from', () => {
  it('missing: refused as on a project that has not taken the feature', async () => {
    expect((await ask(`/iceberg/v1/${name}/namespaces`)).status).toBe(refusal.status)
    expect((await ask('/s3/')).headers.get('content-type')).toContain('xml')
  })
})
