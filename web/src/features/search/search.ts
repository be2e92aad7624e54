import { z } from 'zod'

// What somebody wrote into the address by hand is left out where it means nothing.
const Search = z.object({
  q: z.coerce.string().trim().min(1).max(200).optional().catch(undefined),
  category: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .optional()
    .catch(undefined),
  answered: z.enum(['yes', 'no']).optional().catch(undefined),
})

export const readSearch = (search: Record<string, unknown>) => Search.parse(search)
