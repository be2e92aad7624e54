import { Refusal, sendAttachment } from '@p2p/client'
import { attachmentType, pictureTypes } from '@p2p/contracts'
import { fileSettled } from '../../../lib/picture-upload.ts'
import { supabase } from '../../../lib/supabase.ts'
import type { FileNode, PutFile } from '../../../ui/rich-text/file-places.ts'
import { begun, isUnderWay, plainName, type Upload, withChange } from './upload-state.ts'

/** The files on their way into one text. */
export type Uploads = {
  read: () => readonly Upload[]
  subscribe: (listener: () => void) => () => void
  /** Sends files beside the writing; each goes to `place` in the text once it is ready. */
  add: (files: readonly File[], place: string) => void
  pause: (upload: Upload) => void
  resume: (upload: Upload) => void
  retry: (upload: Upload) => void
  remove: (upload: Upload) => void
  /** Takes away what is left when the text has been sent. */
  clear: () => void
  /** Who puts files into the text; null while no editor shows it: what gets ready meanwhile waits. */
  attach: (put: PutFile | null) => void
}

const all = new Map<string, Uploads>()

/**
 * The uploads into the text of `me` that is kept as the draft `key`. They outlive the page that shows them, as the draft
 * does: whoever comes back to the text finds them there.
 */
export function uploadsInto(key: string, me: string): Uploads {
  const name = `${me}:${key}`
  const known = all.get(name)
  if (known) return known
  const made = makeUploads(me, (isOfUse) => (isOfUse ? all.set(name, made) : all.delete(name)))
  all.set(name, made)
  return made
}

/** `onUse` is told whether there is anything to keep them for. */
function makeUploads(me: string, onUse: (isOfUse: boolean) => void): Uploads {
  let uploads: readonly Upload[] = []
  let put: PutFile | null = null
  let ready: { node: FileNode; place: string }[] = []
  const listeners = new Set<() => void>()

  // A page that is closed ends what is under way: a browser asks first.
  const ask = (event: Event) => event.preventDefault()
  const set = (now: readonly Upload[]) => {
    uploads = now
    if (uploads.some(isUnderWay) || ready.length > 0) addEventListener('beforeunload', ask)
    else removeEventListener('beforeunload', ask)
    if (uploads.length > 0) addEventListener('online', tryAgain)
    else removeEventListener('online', tryAgain)
    look()
    for (const listener of listeners) listener()
  }
  const look = () => onUse(listeners.size > 0 || uploads.length > 0 || ready.length > 0)
  const change = (key: string, how: Partial<Upload>) => set(withChange(uploads, key, how))
  const drop = (key: string) => set(uploads.filter((each) => each.key !== key))
  /** Whoever removed it meanwhile does not want it in the text. */
  const isWanted = (key: string) => uploads.some((each) => each.key === key)

  const send = async ({ key, file, place }: Upload) => {
    try {
      const id = await sendAttachment(supabase, {
        file,
        onProgress: (share) => change(key, { share }),
        onBegin: (control) => (isWanted(key) ? change(key, { control }) : control.cancel()),
      })
      change(key, { step: 'checking', control: null })
      await fileSettled(id, me, 'upload_slow')
      const node = await nodeOf(id, file)
      if (!isWanted(key)) return
      if (put) put(node, place)
      else ready.push({ node, place })
      drop(key)
    } catch (error) {
      change(key, { step: 'failed', error, control: null })
    }
  }

  const retry = ({ key, file, place }: Upload) => {
    const again = begun(key, file, place)
    change(key, again)
    void send(again)
  }

  // What failed for want of a connection, before anything of it was sent.
  function tryAgain() {
    for (const each of uploads) {
      if (each.step !== 'failed' || !(each.error instanceof Refusal)) continue
      if (each.error.code === 'unavailable') retry(each)
    }
  }

  return {
    read: () => uploads,
    subscribe(listener) {
      listeners.add(listener)
      look()
      return () => {
        listeners.delete(listener)
        look()
      }
    },
    add(files, place) {
      const some = files.map((file) => begun(crypto.randomUUID(), file, place))
      set([...uploads, ...some])
      for (const each of some) void send(each)
    },
    pause({ key, control }) {
      control?.pause()
      change(key, { step: 'paused' })
    },
    resume({ key, control }) {
      change(key, { step: 'sending' })
      control?.resume()
    },
    retry,
    remove({ key, control }) {
      drop(key)
      control?.cancel()
    },
    clear() {
      ready = []
      set([])
    },
    attach(now) {
      put = now
      if (!now) return
      const waiting = ready
      ready = []
      for (const { node, place } of waiting) now(node, place)
      set(uploads)
    },
  }
}

async function nodeOf(id: string, file: File): Promise<FileNode> {
  const type = attachmentType(file) ?? file.type
  if (!pictureTypes.includes(type)) {
    return { type: 'attachment', attrs: { file: id, name: plainName(file.name), size: file.size, type } }
  }
  return { type: 'image', attrs: { file: id, alt: '', ...(await shapeOf(file)) } }
}

/** Upright, as the worker makes it. A browser that cannot read it leaves its place to be found when it arrives. */
async function shapeOf(file: File): Promise<{ width: number | null; height: number | null }> {
  try {
    const picture = await createImageBitmap(file)
    const shape = { width: picture.width, height: picture.height }
    picture.close()
    return shape
  } catch {
    return { width: null, height: null }
  }
}
