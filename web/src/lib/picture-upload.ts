import { listenToOwn, Refusal, readFileState, removePicture, sendPicture } from '@p2p/client'
import { FileEvent, type FileState, fileSettled, type Purpose } from '@p2p/contracts'
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
      await settled(id, me.id)
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

/** Until the file's pictures are there; a refusal is thrown with its reason. */
async function settled(file: string, me: string): Promise<void> {
  let wake = () => {}
  const own = listenToOwn(supabase, me, {
    onEvent(name, payload) {
      if (name === fileSettled && FileEvent.safeParse(payload).data?.file_id === file) wake()
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
    throw new Refusal('picture_slow', 'The picture is still being made.')
  } finally {
    own.leave()
  }
}

/** A line that breaks while we wait changes nothing of what was sent. */
const stateOf = (file: string): Promise<FileState | null> =>
  readFileState(supabase, file).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'unavailable') return { status: 'pending', reason: null }
    throw error
  })
