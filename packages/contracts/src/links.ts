import { z } from 'zod'
import { Email } from './identity.ts'

/** What `functions/send-link` takes: a link to verify an address, or to choose a new password, once more. */
export const LinkRequest = z.object({ kind: z.enum(['verification', 'recovery']), email: Email })
export type LinkRequest = z.infer<typeof LinkRequest>

/** The same whether the address is known or not. */
export const LinkAnswer = z.object({ status: z.literal('sent') })
export type LinkAnswer = z.infer<typeof LinkAnswer>
