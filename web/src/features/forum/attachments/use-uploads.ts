import { useMemo, useSyncExternalStore } from 'react'
import { useMe } from '../../../lib/me.ts'
import { isUnderWay } from './upload-state.ts'
import { uploadsInto } from './uploads.ts'

/** The files on their way into the text that is kept as the draft `key`, and how many of them sending waits for. */
export function useUploads(key: string) {
  const me = useMe()
  const acts = useMemo(() => uploadsInto(key, me.id), [key, me.id])
  const uploads = useSyncExternalStore(acts.subscribe, acts.read)
  return { uploads, acts, waiting: uploads.filter(isUnderWay).length }
}
