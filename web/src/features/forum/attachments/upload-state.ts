import type { UploadControl } from '@p2p/client'

/** A file between somebody's device and its place in their text. `share` is from 0 to 1. */
export type Upload = {
  key: string
  file: File
  place: string
  step: 'sending' | 'paused' | 'checking' | 'failed'
  share: number
  error: unknown
  /** Null until bytes begin to go. */
  control: UploadControl | null
}

export const begun = (key: string, file: File, place: string): Upload => ({
  key,
  file,
  place,
  step: 'sending',
  share: 0,
  error: null,
  control: null,
})

/** Whether it may still come into the text by itself. */
export const isUnderWay = ({ step }: Upload): boolean => step !== 'failed'

/** The list with one of its uploads changed; one that was removed meanwhile stays away. */
export const withChange = (uploads: readonly Upload[], key: string, change: Partial<Upload>): Upload[] =>
  uploads.map((each) => (each.key === key ? { ...each, ...change } : each))

/** A name under which a file may stand in a post: nothing that could end it, turn it round or be a path. */
export const plainName = (name: string): string =>
  name
    .replace(/[\p{Cc}\p{Cf}/\\]/gu, '')
    .normalize('NFC')
    .slice(-255)
    .toWellFormed()
