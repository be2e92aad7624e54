import pg from 'pg'
import { test as base, inject } from 'vitest'
import { lawDatabase, type ScratchDatabase } from './database.ts'

export type Person = { id: string; name: string; email: string; organization: string; session: string }

export type Db = {
  /** A person with a verified account and a company of their own, born in this test and gone with it. */
  person(name: string, options?: { verified?: boolean }): Promise<Person>
  /** Another member of that person's company. */
  colleague(of: Person, name: string): Promise<Person>
  /** Gives the person's session its second factor, as a code of their app does. */
  secondFactor(person: Person): Promise<void>
  /** Run statements as this person, or as a visitor, as the Data API would. */
  as(person: Person | null): Promise<void>
  /** Run statements as our own services do, with the secret key. */
  asService(): Promise<void>
  /** Run statements as the owner of the tables, for whom no policy holds. */
  asOwner(): Promise<void>
  /** The first column of the first row, or all rows. Values are parameters. */
  // biome-ignore lint/suspicious/noExplicitAny: a row has the shape its query gives it
  sql<T = any>(strings: TemplateStringsArray, ...values: unknown[]): Promise<T[]>
  client: pg.Client
}

// One database a test file, cloned when its first test asks.
let database: Promise<ScratchDatabase> | undefined
const databaseOfThisFile = () => (database ??= lawDatabase(inject('adminUrl')))

export const test = base.extend<{ db: Db }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads what a fixture needs from this pattern
  db: async ({}, use) => {
    const client = new pg.Client({ connectionString: (await databaseOfThisFile()).url })
    await client.connect()
    await client.query('begin')
    try {
      await use(dbOn(client))
    } finally {
      await client.query('rollback')
      await client.end()
    }
  },
})

/** The fixture's words on any connection that is inside a transaction. */
export function dbOn(client: pg.Client): Db {
  const sql: Db['sql'] = async (strings, ...values) => {
    const text = strings.reduce((out, part, i) => `${out}$${i}${part}`)
    return (await client.query(text, values)).rows
  }
  const become = async (role: string, claims: object | null) => {
    await client.query('reset role')
    await client.query(`select set_config('request.jwt.claims', $1, true)`, [
      claims ? JSON.stringify(claims) : '',
    ])
    if (role !== 'postgres') await client.query(`set local role ${role}`)
  }
  const asOwner = () => become('postgres', null)

  const person: Db['person'] = async (name, { verified = true } = {}) => {
    await asOwner()
    const email = `${name}@${name}.example`
    const metadata = {
      first_name: name,
      last_name: 'Tester',
      organization_name: `${name}'s works`,
      locale: 'en',
    }
    const [user] = await sql<{ id: string }>`
      insert into auth.users (id, email, raw_user_meta_data, raw_app_meta_data)
      values (gen_random_uuid(), ${email}, ${metadata}, '{"provider": "email", "providers": ["email"]}')
      returning id`
    if (verified) await sql`update auth.users set email_confirmed_at = now() where id = ${user!.id}`
    const [place] = await sql<{ organization_id: string }>`
      select organization_id from memberships where user_id = ${user!.id}`
    const [session] = await sql<{ id: string }>`
      insert into auth.sessions (id, user_id, aal, created_at, updated_at)
      values (gen_random_uuid(), ${user!.id}, 'aal1', now(), now()) returning id`
    return { id: user!.id, name, email, organization: place!.organization_id, session: session!.id }
  }

  return {
    client,
    sql,
    person,
    asOwner,
    as: (someone) =>
      someone
        ? become('authenticated', { sub: someone.id, role: 'authenticated', session_id: someone.session })
        : become('anon', { role: 'anon' }),
    asService: () => become('service_role', { role: 'service_role' }),
    async secondFactor({ session }) {
      await asOwner()
      await sql`update auth.sessions set aal = 'aal2' where id = ${session}`
    },
    async colleague(of, name) {
      const someone = await person(name)
      await sql`update memberships set organization_id = ${of.organization}, role = 'member' where user_id = ${someone.id}`
      await sql`delete from organizations where id = ${someone.organization}`
      return { ...someone, organization: of.organization }
    },
  }
}

/** A document of one paragraph for each text. */
export const paragraphs = (...texts: string[]) => ({
  type: 'doc',
  content: texts.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] })),
})
