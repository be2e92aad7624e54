import { PersonNames, PersonPage, ProfilePatch } from '@p2p/contracts'
import { z } from 'zod'
import { fitting } from './fitting.ts'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/**
 * Changes one's own profile; what the patch does not name stays. `fields` of the refusal says which field is at fault
 * and by which code.
 */
export async function updateProfile(supabase: Supabase, patch: z.input<typeof ProfilePatch>): Promise<void> {
  must(await supabase.rpc('update_profile', { patch: fitting(ProfilePatch, patch) }))
}

/** A person's page. Codes: `not_found`. */
export async function readPerson(supabase: Supabase, person: string): Promise<PersonPage> {
  return PersonPage.parse(must(await supabase.rpc('person_page', { person })))
}

/** Names and faces for ids, in no order; whoever the caller may not see is missing. */
export async function readPeople(supabase: Supabase, ids: readonly string[]): Promise<PersonNames[]> {
  const columns = 'id, first_name, last_name, first_name_ar, last_name_ar, avatar'
  return z.array(PersonNames).parse(must(await supabase.from('profiles').select(columns).in('id', ids)))
}
