import { readMe, resendVerification, signIn, signUp, verifyEmail } from '@p2p/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mailTo, tokenIn } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, member, type Person, rowsOf, verified, visitor } from './companies.ts'

/* A company's domain is its own, however it is spelt and however many ask for it at once. */

let stack: TestStack
let ada: Person
beforeAll(async () => {
  stack = await startTestStack({ worker: true })
  ada = await member(stack, founder('Ada', { email: 'ada@müller-werke.example' }))
})
afterAll(() => stack?.stop())
beforeEach(() => sql('delete from private.rate_limits'))

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)

describe('one company', () => {
  test('is one, in capitals, in Unicode, in full-width letters and with characters nobody sees', async () => {
    expect(ada.me.organization.domain).toBe('xn--mller-werke-thb.example')
    for (const domain of [
      'MÜLLER-WERKE.EXAMPLE',
      'müller-werke.example',
      'Müller-Werke.example',
      'xn--mller-werke-thb.example',
      'XN--MLLER-WERKE-THB.example',
      'mül­ler-werke.example',
      'müller-werke。example',
      'ｍüller-werke.ｅxample',
    ]) {
      const bob = founder('Bob', { email: `${crypto.randomUUID()}@${domain}` })
      await expect(signUp(visitor(stack), bob), domain).rejects.toMatchObject({ code: 'domain_taken' })
    }
    for (const domain of [
      'müller-werke.example.',
      'müller werke.example',
      'müller-werke.example/x',
      '[::1]',
    ]) {
      const bob = founder('Bob', { email: `bob@${domain}` })
      await expect(signUp(visitor(stack), bob), domain).rejects.toMatchObject({
        code: 'invalid_input',
        fields: { email: 'email_invalid' },
      })
    }
  })

  test('is founded once, when two sign up at the same moment', async () => {
    for (let round = 1; round <= 20; round += 1) {
      await sql('delete from private.rate_limits')
      const domain = `race-${round}.example`
      const both = ['ada', 'bob'].map((name) =>
        signUp(visitor(stack), founder(name, { email: `${name}@${domain}` })),
      )
      const outcomes = await Promise.all(
        both.map((act) =>
          act.then(
            ({ status }) => status,
            ({ code }) => code,
          ),
        ),
      )
      expect(outcomes.toSorted((a, b) => a.localeCompare(b))).toEqual(['domain_taken', 'verification_sent'])
      expect(
        await sql(
          `select count(*)::int as accounts, count(distinct identities.user_id)::int as identities,
                  count(profiles)::int as profiles, count(organizations)::int as places,
                  (select count(*)::int from public.organizations where domain = $1) as companies
           from auth.users left join auth.identities on identities.user_id = users.id
           left join public.profiles on profiles.id = users.id
           left join public.memberships on memberships.user_id = users.id
           left join public.organizations on organizations.id = organization_id
           where users.email like '%@' || $1`,
          [domain],
        ),
      ).toEqual([{ accounts: 1, identities: 1, profiles: 1, places: 1, companies: 1 }])
    }
    expect(
      await sql('select from public.profiles where id not in (select user_id from public.memberships)'),
    ).toEqual([])
  })

  test('is founded once, when somebody presses the button three times', async () => {
    const bob = founder('Bob')
    const answers = await Promise.all([1, 2, 3].map(() => signUp(visitor(stack), bob)))
    expect(answers).toEqual(Array(3).fill({ email: bob.email, status: 'verification_sent' }))
    expect(await sql('select from auth.users where email = $1', [bob.email])).toHaveLength(1)
    await verified(stack, bob.email)
  })
})

describe('Eve, who knocks all day,', () => {
  const knock = (headers: Record<string, string> = {}) =>
    fetch(`${stack.urls.api}/functions/v1/signup`, {
      method: 'POST',
      headers: { apikey: stack.keys.publishable, ...headers },
      body: JSON.stringify(founder('Eve', { email: `${crypto.randomUUID()}@${ada.me.organization.domain}` })),
    })

  test('is held back by her network, from whichever address she says she comes', async () => {
    for (let time = 1; time <= 30; time += 1) {
      expect((await knock({ 'x-forwarded-for': `10.0.0.${time}` })).status).toBe(409)
    }
    for (const headers of [
      {},
      { 'x-forwarded-for': '10.9.9.9' },
      { 'x-forwarded-for': '10.9.9.9, 127.0.0.1', 'x-real-ip': '10.9.9.9', forwarded: 'for=10.9.9.9' },
      { 'cf-connecting-ip': '10.9.9.9', 'true-client-ip': '10.9.9.9', 'x-client-ip': '10.9.9.9' },
    ]) {
      const answer = await knock(headers)
      expect(answer.status).toBe(429)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await answer.json()).toMatchObject({ code: 'rate_limited' })
    }
    const refused = expect(signUp(visitor(stack), founder('Eve'))).rejects
    await refused.toMatchObject({ code: 'rate_limited', retryAfter: expect.any(Number) })
  })
})

test('what Eve writes into her names is text in the mails', async () => {
  const eve = founder('Eve', {
    first_name: '<img src=x onerror=alert(1)>',
    last_name: '{{ .TokenHash }}{{ token }}{% raw %}',
    organization_name: '"><script>alert(1)</script> & {{ site_url }}',
  })
  await member(stack, eve)
  for (const nth of [1, 2]) {
    const { HTML, Subject } = await mailTo(stack.urls.mail, eve.email, nth)
    expect(HTML).not.toMatch(/<img src=x|<script>alert/)
    expect(Subject).not.toContain('\n')
    if (nth === 2) expect(HTML).toContain('&lt;img src=x onerror=alert(1)&gt;')
  }
})

describe('Eve signs up with Noura’s address, and a password of her own', () => {
  const older = (email: string) =>
    sql(
      `update auth.users set created_at = created_at - interval '2 minutes',
         confirmation_sent_at = confirmation_sent_at - interval '2 minutes' where email = $1`,
      [email],
    )

  test('and when Noura signs up herself, it is Noura’s password that opens her account', async () => {
    const noura = founder('Noura')
    const eves = { ...noura, password: 'the password of Eve', organization_name: 'Works of Eve' }
    await signUp(visitor(stack), eves)
    await older(noura.email)
    // A mail that has just gone out does not hold the place for Eve.
    await resendVerification(visitor(stack), noura.email)
    await signUp(visitor(stack), noura)
    // Asking Auth itself sends Noura another mail, and changes nothing else.
    await older(noura.email)
    const { email, password } = eves
    await visitor(stack).auth.signUp({ email, password, options: { data: { organization_name: 'Eve' } } })

    const links = await Promise.all(
      [1, 2, 3, 4].map(async (nth) => tokenIn(await mailTo(stack.urls.mail, noura.email, nth))),
    )
    const follow = (tokenHash = '') => verifyEmail(visitor(stack), { tokenHash, type: 'signup' })
    for (const stale of links.slice(0, 3)) {
      await expect(follow(stale)).rejects.toMatchObject({ code: 'link_invalid' })
    }
    await follow(links[3])
    await expect(signIn(visitor(stack), eves)).rejects.toMatchObject({ code: 'credentials_wrong' })
    const supabase = visitor(stack)
    await signIn(supabase, noura)
    expect(await readMe(supabase)).toMatchObject({ organization: { name: 'Works of Noura' } })
  })
})
