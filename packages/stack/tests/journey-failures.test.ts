import { createServer } from 'node:net'
import { readMe, signIn, signUp, verifyEmail } from '@p2p/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withClient } from '../src/sql.ts'
import { liveStatus } from '../src/supervisor/status.ts'
import { mailTo, tokenIn } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, verified, visitor } from './companies.ts'

/* A signup breaks at each of its steps, for real: nothing of it stays, and signing up again works. */

let stack: TestStack
beforeAll(async () => {
  // All of it comes from one network, which may not sign up so often by itself.
  stack = await startTestStack({ signupMaxPerNetwork: 500 })
})
afterAll(() => stack?.stop())

/** As the superuser: it is tables of Auth that are broken here. */
const sql = async (text: string, values: unknown[] = []) =>
  (await withClient(stack.urls.databaseAdmin, (client) => client.query(text, values))).rows

/** What there is of somebody, table by table. */
const left = async (email: string) =>
  (
    await sql(
      `select (select count(*)::int from auth.users where email = $1) as accounts,
              (select count(*)::int from auth.identities where identity_data ->> 'email' = $1) as identities,
              (select count(*)::int from public.organizations where domain = split_part($1, '@', 2)) as companies,
              (select count(*)::int from public.profiles where id not in (select id from auth.users)) as orphans,
              (select count(*)::int from public.profiles join auth.users using (id) where email = $1) as profiles,
              (select count(*)::int from public.memberships join auth.users on id = user_id where email = $1) as places`,
      [email],
    )
  )[0]
const nothing = { accounts: 0, identities: 0, companies: 0, orphans: 0, profiles: 0, places: 0 }
const whole = { accounts: 1, identities: 1, companies: 1, orphans: 0, profiles: 1, places: 1 }

const soon = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 30_000, interval: 50 })
const attempt = (form = founder('Ada')) => signUp(visitor(stack), form)

/** Breaks the place where a step writes, as long as `during` lasts: no row passes any more. */
async function withBroken(table: string, during: () => Promise<void>): Promise<void> {
  await sql(`alter table ${table} add constraint broken check (false) not valid`)
  await during().finally(() => sql(`alter table ${table} drop constraint broken`))
}

describe('where the database refuses', () => {
  const steps = {
    'the knock is counted': 'private.rate_limits',
    'Auth writes the account': 'auth.users',
    'the company is founded': 'public.organizations',
    'the profile is written': 'public.profiles',
    'the place in the company is taken': 'public.memberships',
    'Auth writes the identity': 'auth.identities',
    'Auth writes its log': 'auth.audit_log_entries',
  }
  for (const [step, table] of Object.entries(steps)) {
    test(`while ${step}: try again later, and nothing is left`, async () => {
      const ada = founder('Ada')
      await withBroken(table, async () => {
        await expect(attempt(ada)).rejects.toMatchObject({ code: 'signup_unavailable', retryAfter: 30 })
        expect(await left(ada.email)).toEqual(nothing)
      })
      await attempt(ada)
      expect(await left(ada.email)).toEqual(whole)
    })
  }

  test('while it is asked before the account is made: the same', async () => {
    const ada = founder('Ada')
    await sql('alter function private.before_user_created rename to away')
    await expect(attempt(ada)).rejects.toMatchObject({ code: 'signup_unavailable' })
    expect(await left(ada.email)).toEqual(nothing)
    await sql('alter function private.away rename to before_user_created')
    await attempt(ada)
  })

  test('while she tries again, because the first mail was lost: nothing is left of either', async () => {
    const ada = founder('Ada')
    await attempt(ada)
    await sql(
      `update auth.users set created_at = now() - interval '2 minutes',
         confirmation_sent_at = now() - interval '2 minutes' where email = $1`,
      [ada.email],
    )
    await withBroken('auth.identities', async () => {
      await expect(attempt(ada)).rejects.toMatchObject({ code: 'signup_unavailable' })
      expect(await left(ada.email)).toEqual(nothing)
    })
    await attempt(ada)
    expect(await left(ada.email)).toEqual(whole)
  })

  test('at the very end, when the mail is out: its link opens nothing, and the next one does', async () => {
    const ada = founder('Ada')
    await sql(`
      create function private.break() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
      create constraint trigger at_commit after insert on auth.users deferrable initially deferred
        for each row execute function private.break()`)
    await expect(attempt(ada)).rejects.toMatchObject({ code: 'signup_unavailable' })
    await sql('drop function private.break cascade')
    expect(await left(ada.email)).toEqual(nothing)

    const dead = { tokenHash: tokenIn(await mailTo(stack.urls.mail, ada.email)), type: 'signup' } as const
    await expect(verifyEmail(visitor(stack), dead)).rejects.toMatchObject({ code: 'link_invalid' })
    await attempt(ada)
    const alive = { ...dead, tokenHash: tokenIn(await mailTo(stack.urls.mail, ada.email, 2)) }
    expect(await verifyEmail(visitor(stack), alive)).not.toBeNull()
  })
})

const pidOf = async (part: string) => {
  const pid = (await liveStatus(stack.config.dir))?.parts[part]?.pid
  if (!pid) throw new Error(`${part} does not run.`)
  return pid
}
const isWell = async () => {
  for (const url of [
    `${stack.urls.mail}/livez`,
    `${stack.urls.api}/auth/v1/health`,
    `${stack.urls.api}/functions/v1/signup`,
  ]) {
    expect((await fetch(url)).status).toBeLessThan(500)
  }
}

describe('where another part fails', () => {
  test('a mailbox that is refused: the mail cannot be sent, and nothing is left', async () => {
    const ada = founder('Ada')
    const bounced = { ...ada, email: ada.email.replace('ada@', 'bounce@') }
    await expect(attempt(bounced)).rejects.toMatchObject({ code: 'mail_unavailable' })
    expect(await left(bounced.email)).toEqual(nothing)
    // The company is not kept from its people by a mistyped address.
    await attempt(ada)
  })

  test('no mail server: the mail cannot be sent, and nothing is left', async () => {
    const ada = founder('Ada')
    process.kill(await pidOf('mail'), 'SIGKILL')
    // While its place is taken, the catcher does not come back.
    const place = createServer((socket) => socket.destroy())
    await soon(async () => {
      const taken = new Promise((done, failed) => place.once('error', failed).once('listening', done))
      place.listen(stack.config.ports.smtp, '127.0.0.1')
      await taken
    })
    await expect(attempt(ada)).rejects.toMatchObject({ code: 'mail_unavailable' })
    expect(await left(ada.email)).toEqual(nothing)
    await new Promise((closed) => place.close(closed))
    await soon(isWell)
    await attempt(ada)
    expect(await left(ada.email)).toEqual(whole)
  })

  const sending = `select from pg_stat_activity where application_name = 'auth' and state = 'idle in transaction'`
  const slowly = () => {
    const ada = founder('Ada')
    return { ...ada, email: ada.email.replace('ada@', 'slow@') }
  }

  test('Auth is killed while it sends: unavailable, and nothing is left', async () => {
    const ada = slowly()
    const lost = expect(attempt(ada)).rejects.toMatchObject({ code: 'unavailable' })
    await soon(async () => expect(await sql(sending)).not.toEqual([]))
    process.kill(await pidOf('gateway'), 'SIGKILL')
    await lost
    await soon(async () => expect(await sql(sending)).toEqual([]))
    expect(await left(ada.email)).toEqual(nothing)
    await soon(isWell)
    await attempt(ada)
    expect(await left(ada.email)).toEqual(whole)
  })

  test('the function is killed while Auth works: all of it is there, and asking again gives no second', async () => {
    const ada = slowly()
    const lost = expect(attempt(ada)).rejects.toMatchObject({ code: 'unavailable' })
    await soon(async () => expect(await sql(sending)).not.toEqual([]))
    process.kill(await pidOf('functions'), 'SIGKILL')
    await lost
    await soon(async () => expect(await sql(sending)).toEqual([]))
    expect(await left(ada.email)).toEqual(whole)
    await soon(isWell)
    await attempt(ada)
    expect(await left(ada.email)).toEqual(whole)
    await verified(stack, ada.email)
  })
})

describe('when the link is followed', () => {
  test('and the welcome cannot be promised, she is not half verified; the same link works later', async () => {
    const ada = founder('Ada')
    await attempt(ada)
    const link = { tokenHash: tokenIn(await mailTo(stack.urls.mail, ada.email)), type: 'signup' } as const
    await withBroken('pgboss.job', async () => {
      await expect(verifyEmail(visitor(stack), link)).rejects.toMatchObject({ code: 'unavailable' })
      expect(
        await sql(
          `select email_confirmed_at, profiles.status from auth.users join public.profiles using (id) where email = $1`,
          [ada.email],
        ),
      ).toEqual([{ email_confirmed_at: null, status: 'pending' }])
      await expect(signIn(visitor(stack), ada)).rejects.toMatchObject({ code: 'email_not_verified' })
    })
    const supabase = visitor(stack)
    await verifyEmail(supabase, link)
    expect(await readMe(supabase)).toMatchObject({ status: 'active', organization: { status: 'active' } })
  })
})
