import { z } from 'zod'
import type { Deps } from '../../deps.ts'
import { Hopeless } from '../../handle.ts'
import { renderMail } from '../../mail/render.ts'
import { sendOnce } from '../../mail/send-once.ts'
import { objectsOf, removeObjects } from './objects.ts'
import { readRecipient } from './recipient.ts'

const steps = ['files', 'goodbye', 'rows', 'account', 'traces'] as const
type Step = (typeof steps)[number]

const At = z.object({ step: z.enum(steps), user_id: z.uuid(), late: z.boolean() })
type At = z.infer<typeof At>

/**
 * Erases one person, step after step. The database keeps the step, and each may be done twice; so whoever is killed in the
 * middle, the next goes on, and two who do it at the same time do it once.
 */
export async function erasePerson(deps: Deps, erasure: string): Promise<void> {
  await deps.db.query('select private.begin_erasure($1)', [erasure])
  for (let at = await readStep(deps, erasure); at; at = await readStep(deps, erasure)) {
    await doStep[at.step](deps, erasure, at)
  }
}

/** Undefined when it is done, or was taken back. */
async function readStep({ db }: Deps, erasure: string): Promise<At | undefined> {
  const { rows } = await db.query(
    `select step, user_id, due_at < now() - interval '1 day' as late from private.erasures
     where id = $1 and step not in ('waiting', 'done')`,
    [erasure],
  )
  return rows.length ? At.parse(rows[0]) : undefined
}

const doStep: Record<Step, (deps: Deps, erasure: string, at: At) => Promise<void>> = {
  async files(deps, erasure, { user_id }) {
    for (let objects = await objectsOf(deps.db, user_id); objects.length; ) {
      await removeObjects(deps.supabase, objects)
      const left = await objectsOf(deps.db, user_id)
      if (left.length >= objects.length) throw new Error('Storage keeps files that it was told to remove.')
      objects = left
    }
    await advance(deps, erasure, 'files', 'goodbye')
  },

  async goodbye(deps, erasure, { user_id, late }) {
    try {
      await sayGoodbye(deps, erasure, user_id)
    } catch (error) {
      // A mailbox that is closed, or a mail server that is down for a day, is no reason to keep anybody's data.
      if (!(error instanceof Hopeless) && !late) throw error
    }
    await advance(deps, erasure, 'goodbye', 'rows')
  },

  async rows({ db }, erasure) {
    await db.query('select private.erase_rows($1)', [erasure])
  },

  async account(deps, erasure, { user_id }) {
    const { error } = await deps.supabase.auth.admin.deleteUser(user_id)
    if (error && error.status !== 404)
      throw new Error(`Auth did not delete the account: ${error.message}`, { cause: error })
    await advance(deps, erasure, 'account', 'traces')
  },

  async traces({ db }, erasure) {
    await db.query('select private.finish_erasure($1)', [erasure])
  },
}

const advance = ({ db }: Deps, erasure: string, from: Step, to: Step) =>
  db.query('update private.erasures set step = $3 where id = $1 and step = $2', [erasure, from, to])

async function sayGoodbye({ db, mailer, siteUrl }: Deps, erasure: string, person: string): Promise<void> {
  const recipient = await readRecipient(db, person)
  if (!recipient) return
  const { email, locale, first_name } = recipient
  const mail = await renderMail('erasure-done', locale, { first_name, site_url: siteUrl })
  await sendOnce(
    { db, mailer },
    { kind: 'erasure-done', userId: person, about: erasure },
    { ...mail, to: email },
  )
}
