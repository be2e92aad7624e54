import { faults } from './fault.ts'

/* The signs that hosted takes in names: those that S3 takes, and some that links have to escape. */
const objectName = /^[\w/!.*'() &$@=;:+,?-]+$/
const bucketName = /^[\w!.*'() &$@=;:+,?-]{1,100}$/

/** The ending that hosted keeps for buckets of its own kind. */
const reservedEnding = '--iceberg'

export function mustBeObjectName(name: string): void {
  if (!objectName.test(name)) throw faults.invalidKey(name)
}

export function mustBeBucketName(name: string): void {
  if (!bucketName.test(name)) throw faults.invalidBucketName()
}

/** A bucket's name may not begin or end with a space. */
export function mustBeNewBucketName(name: string): void {
  if (name.trim() !== name || name.endsWith(reservedEnding)) throw faults.invalidBucketName()
  mustBeBucketName(name)
}

/** What stands for a folder that has nothing in it yet; it has no bytes and is of every kind. */
export const isEmptyFolder = (name: string) => name.endsWith('.emptyFolderPlaceholder')
