import { supabase } from '../../lib/supabase.ts'

export type PersonNames = { id: string; first_name: string; last_name: string }

/** Names for ids, under the reader's rights: whoever may not be seen is missing. */
export async function readPeople(ids: readonly string[]): Promise<PersonNames[]> {
  const { data, error } = await supabase.from('profiles').select('id, first_name, last_name').in('id', ids)
  if (error) throw new Error(error.message, { cause: error })
  return data
}
