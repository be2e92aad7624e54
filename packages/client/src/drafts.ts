import { Draft, DraftEntry, type DraftKey } from '@p2p/contracts'
import type { Json } from '@p2p/database/types'
import { z } from 'zod'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

const Saved = z.object({ updated_at: z.string() })
const Changed = z.object({ details: z.literal('draft_changed'), draft: Draft })

/**
 * Keeps what one is writing. `basedOn` is when the draft this device knows was kept, null where it knows none; where
 * another device kept something since, nothing is changed and `newer` is that. Codes: `drafts_limit`.
 */
export async function saveDraft(
  supabase: Supabase,
  { key, content, basedOn }: { key: DraftKey; content: object; basedOn: string | null },
): Promise<{ updatedAt: string } | { newer: Draft }> {
  const answer = await supabase.rpc('save_draft', {
    key,
    content: content as Json,
    ...(basedOn && { based_on: basedOn }),
  })
  const changed = Changed.safeParse(answer.error)
  if (changed.success) return { newer: changed.data.draft }
  return { updatedAt: Saved.parse(must(answer)).updated_at }
}

/** The whole of one draft, or null where there is none. */
export async function readDraft(supabase: Supabase, key: DraftKey): Promise<Draft | null> {
  const found = must(
    await supabase.from('drafts').select('key, content, updated_at').eq('key', key).maybeSingle(),
  )
  return found && Draft.parse(found)
}

/** The caller's drafts, newest first. */
export async function listDrafts(supabase: Supabase): Promise<DraftEntry[]> {
  return z.array(DraftEntry).parse(must(await supabase.rpc('list_drafts')))
}

export async function discardDraft(supabase: Supabase, key: DraftKey): Promise<void> {
  must(await supabase.rpc('discard_draft', { key }))
}
