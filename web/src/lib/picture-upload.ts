import { listenToOwn, Refusal, readFileState, removePicture, sendPicture } from '@p2p/client'
import {
  type ErrorCode,
  FileEvent,
  type FileState,
  type Purpose,
  fileSettled as settledEvent,
} from '@p2p/contracts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useMe } from './me.ts'
import { supabase } from './supabase.ts'

/** `share` is from 0 to 1. */
export type PictureStep = { name: 'idle' } | { name: 'sending'; share: number } | { name: 'making' }

const idle: PictureStep = { name: 'idle' }

/**
 * Sends one's picture, or one's organization's, and waits until others see it; or takes it away. Goes on when the page
 * is left meanwhile.
 */
export function usePictureUpload(purpose: Purpose, onShown: () => Promise<unknown>) {
  const me = useMe()
  const [step, setStep] = useState<PictureStep>(idle)

  const send = useMutation({
    mutationFn: async (file: Blob) => {
      setStep({ name: 'sending', share: 0 })
      const onProgress = (share: number) => setStep({ name: 'sending', share })
      const id = await sendPicture(supabase, { purpose, file, onProgress })
      setStep({ name: 'making' })
      await fileSettled(id, me.id, 'picture_slow')
      await onShown()
    },
    onSettled: () => setStep(idle),
  })
  const remove = useMutation({
    mutationFn: async () => {
      await removePicture(supabase, purpose)
      await onShown()
    },
  })
  return { step, send, remove }
}

const patience = 90_000
/** An event tells at once; now and then we ask ourselves, in case it was missed. */
const askEvery = 2_000

/** Until the worker has looked at a file that was sent; a refusal is thrown with its reason, or `slow` if it takes too long. */
export async function fileSettled(file: string, me: string, slow: ErrorCode): Promise<void> {
  let wake = () => {}
  const own = listenToOwn(supabase, me, {
    onEvent(name, payload) {
      if (name === settledEvent && FileEvent.safeParse(payload).data?.file_id === file) wake()
    },
  })
  try {
    const until = performance.now() + patience
    while (performance.now() < until) {
      const state = await stateOf(file)
      // Gone: a newer one of the same person has taken its place.
      if (!state || state.status === 'ready') return
      if (state.status === 'rejected') {
        throw new Refusal(state.reason ?? 'file_unreadable', 'The file was rejected.')
      }
      await new Promise<void>((pass) => {
        wake = pass
        setTimeout(pass, askEvery)
      })
    }
    throw new Refusal(slow, 'The worker is still at it.')
  } finally {
    void own.leave()
  }
}

/** A line that breaks while we wait changes nothing of what was sent. */
const stateOf = (file: string): Promise<FileState | null> =>
  readFileState(supabase, file).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'unavailable') return { status: 'pending', reason: null }
    throw error
  })
