import { CategoryPatch, TagEntry, TagPatch } from '@p2p/contracts'
import type { Json } from '@p2p/database/types'
import { z } from 'zod'
import { fitting } from './fitting.ts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** The whole vocabulary, retired tags last. */
export async function listTags(supabase: Supabase): Promise<TagEntry[]> {
  return z.array(TagEntry).parse(must(await supabase.rpc('list_tags')))
}

/* What follows is for platform admins; everybody else is refused with `not_allowed`, or `second_factor_required`. */

const Saved = z.object({ slug: z.string(), revision: z.number() })

/**
 * Makes a category, or changes what the patch names of the one that is there and still at this revision. `fields` of
 * the refusal says which field is at fault. Codes: `changed_meanwhile`, `slug_taken`.
 */
export async function saveCategory(
  supabase: Supabase,
  save: { id: string; revision: number; patch: Partial<CategoryPatch> } | { id: null; patch: CategoryPatch },
): Promise<z.infer<typeof Saved>> {
  const patch =
    save.id === null ? fitting(CategoryPatch, save.patch) : fitting(CategoryPatch.partial(), save.patch)
  // `id` has no default: a new category is asked for by null.
  const args = { id: save.id as string, patch: patch as Json, ...(save.id && { expected: save.revision }) }
  return Saved.parse(must(await supabase.rpc('save_category', args)))
}

/** Codes: `changed_meanwhile` where these are not all categories. */
export async function orderCategories(supabase: Supabase, ids: string[]): Promise<void> {
  must(await supabase.rpc('order_categories', { ids }))
}

export async function archiveCategory(
  supabase: Supabase,
  act: { category: string; archived: boolean },
): Promise<void> {
  must(await supabase.rpc('archive_category', act))
}

/** Makes a tag (without `revision`) or changes it. Codes: `tag_taken`, `slug_taken`, `changed_meanwhile`. */
export async function saveTag(
  supabase: Supabase,
  { slug, revision, ...words }: TagPatch & { revision?: number },
): Promise<void> {
  const { slug: key, ...patch } = fitting(TagPatch, { slug, ...words })
  must(await supabase.rpc('save_tag', { slug: key, patch, ...(revision && { expected: revision }) }))
}

export async function retireTag(supabase: Supabase, act: { tag: string; retired: boolean }): Promise<void> {
  must(await supabase.rpc('retire_tag', act))
}

/** Puts one tag in another's place everywhere; its words become synonyms. It can't be undone. */
export async function mergeTags(supabase: Supabase, tags: { from: string; into: string }): Promise<void> {
  must(await supabase.rpc('merge_tags', tags))
}
