import type { Call } from '../act.ts'
import { mustBeBucketName, mustBeObjectName } from '../names.ts'

/** The rest of a path, whatever it is: names of objects have slashes. */
export const anyName = ':name{.*}'

/** The object that a path names; a new one's name is looked at later, where hosted does. */
export function namedIn(c: Call, { isNew = false } = {}): { bucket: string; name: string } {
  const { bucket = '', name = '' } = c.req.param()
  mustBeBucketName(bucket)
  if (!isNew) mustBeObjectName(name)
  return { bucket, name }
}
