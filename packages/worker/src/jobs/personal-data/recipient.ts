import { Locale } from '@p2p/contracts'
import { z } from 'zod'
import type { Database } from '../../database.ts'

const Recipient = z.object({
  email: z.string(),
  locale: Locale,
  first_name: z.string(),
  time_zone: z.string(),
})
type Recipient = z.infer<typeof Recipient>

/** Undefined where the person, or their address, has gone. */
export async function readRecipient(db: Database, person: string): Promise<Recipient | undefined> {
  const { rows } = await db.query(
    `select users.email, profiles.locale, profiles.first_name, profiles.time_zone
     from public.profiles join auth.users on users.id = profiles.id
     where profiles.id = $1 and users.email is not null`,
    [person],
  )
  return rows.length ? Recipient.parse(rows[0]) : undefined
}

const tags: Record<Locale, string> = { en: 'en-GB', ar: 'ar-SA-u-ca-gregory-nu-latn' }

/** A day as the recipient's calendar has it. */
export const dayFor = ({ locale, time_zone }: Pick<Recipient, 'locale' | 'time_zone'>, at: Date) =>
  new Intl.DateTimeFormat(tags[locale], { dateStyle: 'full', timeZone: time_zone }).format(at)
