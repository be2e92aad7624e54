import { ForumSearch, type ForumSearchFilters } from '@p2p/contracts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/**
 * Topics whose titles or posts have the words, in Arabic, English or both, the best and freshest first. The last word may
 * be the beginning of one. `after` is the `next` of the page before.
 */
export async function searchForum(
  supabase: Supabase,
  page: { query: string; filters?: ForumSearchFilters; after?: string; size?: number },
): Promise<ForumSearch> {
  return ForumSearch.parse(must(await supabase.rpc('search_forum', page)))
}
