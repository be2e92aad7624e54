import { readPerson } from '@p2p/client'
import { queryOptions } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'

/** A person's page, as its reader may see it. */
export const personQuery = (person: string) =>
  queryOptions({
    queryKey: ['profiles', 'person', person],
    queryFn: () => readPerson(supabase, person),
    staleTime: 60_000,
  })
