import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { test, until, type Workshop } from '../../../testing/workshop.ts'

const queue = 'administration.send-notice'
const reason = 'They sold <b>fake</b> parts & more.'

type About = { organization?: string; person?: string; kind: string; reason?: string | null }

/** A decision and its promise, as sql/21_administration makes them. */
async function decide({ db }: Workshop, about: About): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into private.decisions (kind, organization_id, person_id, reason) values ($1, $2, $3, $4) returning id`,
    [about.kind, about.organization ?? null, about.person ?? null, about.reason ?? null],
  )
  await db.query('select private.enqueue($1, $2)', [queue, { decisionId: rows[0]!.id }])
  return rows[0]!.id
}

const companyOf = async ({ db }: Workshop, person: string) => {
  const { rows } = await db.query('select organization_id from memberships where user_id = $1', [person])
  return rows[0].organization_id as string
}
const done = async ({ jobs }: Workshop, count = 1) =>
  until(async () =>
    expect((await jobs(queue)).filter(({ state }) => state === 'completed')).toHaveLength(count),
  )
const addresses = ({ mail }: Workshop) => mail.caught.flatMap(({ recipients }) => recipients).sort()

describe('the notice of a decision', () => {
  test('about a company goes to its admins who may sign in, each in their language, and to nobody else', async ({
    workshop,
  }) => {
    const ada = await workshop.signUp('Ada', { locale: 'ar', organization: 'مصنع نجد' })
    const company = await companyOf(workshop, ada)
    for (const name of ['Abe', 'Carl', 'Dora']) {
      const colleague = await workshop.signUp(name)
      await workshop.db.query(`update memberships set organization_id = $1, role = $2 where user_id = $3`, [
        company,
        name === 'Abe' ? 'member' : 'admin',
        colleague,
      ])
      if (name === 'Dora')
        await workshop.db.query(`update profiles set status = 'deactivated' where id = $1`, [colleague])
    }
    await decide(workshop, { kind: 'suspend_organization', organization: company, reason })
    await workshop.start()
    await done(workshop)

    expect(addresses(workshop)).toEqual(expect.arrayContaining(['ada@ada.example', 'carl@carl.example']))
    const notices = workshop.mail.caught.filter(({ text }) => text?.includes('fake'))
    expect(notices.flatMap(({ recipients }) => recipients).sort()).toEqual([
      'ada@ada.example',
      'carl@carl.example',
    ])
    const arabic = notices.find(({ recipients }) => recipients.includes('ada@ada.example'))
    expect(arabic).toMatchObject({ subject: 'أُوقفت مصنع نجد في P2P Sandbox' })
    expect(arabic?.html).toContain('dir="rtl"')
    // Words of a person are text, whatever they look like.
    expect(arabic?.html).toContain('&lt;b&gt;fake&lt;/b&gt; parts &amp; more.')
    expect(arabic?.text).toContain(reason)
  })

  test('reaches the other admins where the mailbox of one is gone', async ({ workshop }) => {
    const people = [
      await workshop.signUp('Ada'),
      await workshop.signUp('Carl'),
      await workshop.signUp('Dora'),
    ]
    const company = await companyOf(workshop, people[0]!)
    await workshop.db.query(`update memberships set organization_id = $1, role = 'admin'`, [company])
    // Whoever is asked first.
    const { rows } = await workshop.db.query('select email from auth.users order by id limit 1')
    workshop.mail.mood = { gone: rows[0].email }
    await decide(workshop, { kind: 'suspend_organization', organization: company, reason })
    await workshop.start()
    await done(workshop)

    const notices = workshop.mail.caught.filter(({ text }) => text?.includes('fake'))
    const others = ['ada@ada.example', 'carl@carl.example', 'dora@dora.example'].filter(
      (address) => address !== rows[0].email,
    )
    expect(notices.flatMap(({ recipients }) => recipients).sort()).toEqual(others)
  })

  test('is sent once, however often its job runs', async ({ workshop }) => {
    const ada = await workshop.signUp('Ada')
    const decision = await decide(workshop, { kind: 'deactivate_person', person: ada, reason })
    await workshop.db.query('select private.enqueue($1, $2)', [queue, { decisionId: decision }])
    await workshop.start()
    await done(workshop, 2)
    expect(workshop.mail.caught.filter(({ text }) => text?.includes('fake'))).toHaveLength(1)
  })

  const kinds = [
    ['deactivate_person', 'Your account on P2P Sandbox is paused'],
    ['reactivate_person', 'Your account on P2P Sandbox works again'],
    ['remove_second_factor', 'Your second factor was removed'],
    ['change_role', 'Your role on P2P Sandbox has changed'],
  ] as const
  for (const [kind, subject] of kinds) {
    test(`of ${kind} goes to the person`, async ({ workshop }) => {
      const ada = await workshop.signUp('Ada')
      if (kind === 'change_role')
        await workshop.db.query(`insert into platform_roles (user_id, role) values ($1, 'moderator')`, [ada])
      await decide(workshop, { kind, person: ada, reason: kind === 'change_role' ? null : reason })
      await workshop.start()
      await done(workshop)
      const notice = workshop.mail.caught.find((mail) => mail.subject === subject)
      expect(notice?.recipients).toEqual(['ada@ada.example'])
      expect(notice?.text).toContain(kind === 'change_role' ? 'It is now: moderator.' : reason)
    })
  }

  test('of nothing that is known any more is no fault', async ({ workshop }) => {
    await workshop.db.query('select private.enqueue($1, $2)', [queue, { decisionId: randomUUID() }])
    await workshop.start()
    await done(workshop)
    expect(workshop.mail.caught).toEqual([])
  })
})
