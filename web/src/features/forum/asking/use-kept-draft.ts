import { discardDraft, readDraft, saveDraft } from '@p2p/client'
import type { Draft, DraftKey } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { z } from 'zod'
import { useDraft } from '../../../lib/drafts.ts'
import { useMember } from '../../../lib/me.ts'
import { supabase } from '../../../lib/supabase.ts'

/** How long after the last keystroke the server is asked to keep it. */
const pauseMs = 1_200

const OnDevice = z.object({
  value: z.unknown(),
  /** When the server kept the draft this one went on from; null where it knows none. */
  basedOn: z.string().nullable(),
  /** Not on the server yet. */
  pending: z.boolean(),
})

/**
 * What somebody is writing, kept on this device at once and by the server after a pause, where their other devices find
 * it. `restored` is known when the page opens; `arrived` comes from the server and is newer than what this device had;
 * `elsewhere` was written on another device while this one has words of its own: the person chooses.
 */
export function useKeptDraft<T extends object>(key: DraftKey, parse: (value: unknown) => T | null) {
  const me = useMember()
  const parseOnDevice = useCallback(
    (value: unknown) => {
      const record = OnDevice.safeParse(value).data
      const content = record && parse(record.value)
      return record && content ? { ...record, value: content } : null
    },
    [parse],
  )
  const device = useDraft(`${me.id}:${key}`, parseOnDevice)
  const { keep: keepOnDevice, discard: discardOnDevice } = device
  const [local] = useState(device.restore)
  const basedOn = useRef(local?.basedOn ?? null)
  const written = useRef<T | null>(local?.pending ? local.value : null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const saving = useRef<Promise<unknown>>(Promise.resolve())
  const [newer, setNewer] = useState<Draft | null>(null)
  const [onServer, setOnServer] = useState(false)
  const [hasWritten, setHasWritten] = useState(false)
  const [isGone, setGone] = useState(false)

  const stored = useQuery({
    queryKey: ['forum', 'draft', key],
    queryFn: () => readDraft(supabase, key),
    // Asked when a page opens; afterwards this page knows more than the answer would.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  })

  const save = useCallback(async () => {
    clearTimeout(timer.current)
    const value = written.current
    if (!value) return
    const answer = await saveDraft(supabase, { key, content: value, basedOn: basedOn.current })
    if ('newer' in answer) return setNewer(answer.newer)
    basedOn.current = answer.updatedAt
    if (written.current !== value) return
    written.current = null
    keepOnDevice({ value, basedOn: answer.updatedAt, pending: false })
    setOnServer(true)
  }, [key, keepOnDevice])

  /** One after another; where the server can't be reached, this device has it. */
  const saveSoon = useCallback(
    (pause: number) => {
      clearTimeout(timer.current)
      timer.current = setTimeout(() => {
        saving.current = saving.current.then(save).catch(() => setOnServer(false))
      }, pause)
    },
    [save],
  )

  const keep = useCallback(
    (value: T) => {
      written.current = value
      keepOnDevice({ value, basedOn: basedOn.current, pending: true })
      setOnServer(false)
      setHasWritten(true)
      saveSoon(pauseMs)
    },
    [keepOnDevice, saveSoon],
  )

  const discard = useCallback(() => {
    clearTimeout(timer.current)
    written.current = null
    discardOnDevice()
    setNewer(null)
    setOnServer(false)
    saving.current = saving.current
      .then(() => (basedOn.current ? discardDraft(supabase, key) : undefined))
      .then(() => {
        basedOn.current = null
      })
      .catch(() => {})
  }, [key, discardOnDevice])

  // What was not on its way yet when the page is left goes now.
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      if (written.current) saving.current = saving.current.then(save).catch(() => {})
    },
    [save],
  )

  const found = stored.data
  // It was sent or thrown away on another device, and nothing was added here since.
  const isSent = found === null && local !== null && local.basedOn !== null && !local.pending
  if (isSent && !hasWritten && !isGone) setGone(true)
  useEffect(() => {
    if (!isGone || written.current) return
    basedOn.current = null
    discardOnDevice()
  }, [isGone, discardOnDevice])

  const isNewHere = found && found.updated_at !== local?.basedOn
  const [arrived, setArrived] = useState<T | null>(null)
  useEffect(() => {
    if (found === undefined) return
    if (isNewHere && found && !written.current) {
      basedOn.current = found.updated_at
      setArrived(parse(found.content))
    } else if (isNewHere && found) {
      setNewer(found)
    } else if (written.current) {
      saveSoon(0)
    }
  }, [found, isNewHere, parse, saveSoon])

  const elsewhere = newer && parse(newer.content)
  const settle = (value: T) => {
    if (!newer) return
    basedOn.current = newer.updated_at
    written.current = value
    keepOnDevice({ value, basedOn: newer.updated_at, pending: true })
    setNewer(null)
    saveSoon(0)
  }

  return {
    restored: isGone ? null : (local?.value ?? null),
    arrived,
    isGone,
    elsewhere,
    /** Goes on with this one of the two. */
    settle,
    keep,
    discard,
    onServer,
    /** Whether it is known what the server has; true as well where it can't be asked. */
    isSettled: !stored.isPending || stored.fetchStatus === 'paused',
  }
}
