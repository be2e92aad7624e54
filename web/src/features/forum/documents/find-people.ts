import { listPeople } from '@p2p/client'
import { supabase } from '../../../lib/supabase.ts'
import { fullName } from '../../../ui/person.tsx'
import type { FindPeople } from '../../../ui/rich-text/use-mentions.ts'

/** The few people a name behind an `@` most likely means, with their companies to tell them apart. */
export const findPeople: FindPeople = async (query) => {
  const { people } = await listPeople(supabase, { query, size: 6 })
  return people.map((person) => ({
    id: person.id,
    label: fullName(person),
    detail: person.organization.name,
  }))
}
