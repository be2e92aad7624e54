import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { mailTo } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, member, password, stranger } from './people.ts'

/* Whom Auth writes to, and where its links lead. */

let stack: TestStack
beforeAll(async () => {
  const own = { content_path: '', subject: '' }
  const auth = {
    additional_redirect_urls: ['https://*.works.example/**', 'works.app://**'],
    email: {
      double_confirm_changes: false,
      template: { recovery: own, email_change: own },
      notification: { email_changed: { enabled: false } },
    },
  }
  stack = await startTestStack({ settings: { auth } })
})
afterAll(() => stack?.stop())

const anybody = () => clientOf(stack, stack.keys.publishable)
const admin = () => clientOf(stack, stack.keys.secret).auth.admin
const linkIn = (html: string) => new URL(/href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '')

test('a link leads where the page asked, as far as it may', async () => {
  const leads = async (redirectTo: string) => {
    const ada = await member(stack, 'ada')
    await anybody().auth.resetPasswordForEmail(ada.email, { redirectTo })
    const link = linkIn((await mailTo(stack.urls.mail, ada.email, 2)).HTML)
    expect(link.pathname).toBe('/auth/v1/verify')
    expect(link.searchParams.get('redirect_to')).toBeTruthy()
    const { headers } = await fetch(link, { redirect: 'manual' })
    return headers.get('location')?.split('#')[0]
  }
  expect(await leads('https://app.works.example/reset?from=mail&a=b')).toBe(
    'https://app.works.example/reset?from=mail&a=b',
  )
  expect(await leads('works.app://reset')).toBe('works.app://reset')
  expect(await leads('https://evil.example/reset')).toBe(stack.urls.site)
})

describe('where the new address alone is asked', () => {
  test('its word is enough, and the old one gets no mail', async () => {
    const [ada, { email }] = [await member(stack, 'ada'), stranger('ada')]
    expect((await ada.client.auth.updateUser({ email })).error).toBeNull()
    const { HTML, Subject } = await mailTo(stack.urls.mail, email)
    expect(Subject).toBe('Confirm the change of your e-mail address')
    expect(HTML).toContain(`from ${ada.email} to ${email}`)
    const token_hash = linkIn(HTML).searchParams.get('token') ?? ''
    const { data } = await anybody().auth.verifyOtp({ token_hash, type: 'email_change' })
    expect(data.user).toMatchObject({ id: ada.id, email })
    const { messages } = await (await fetch(`${stack.urls.mail}/api/v1/search?query=to:${ada.email}`)).json()
    expect(messages).toHaveLength(1)
  })

  test('there is no link for the old one', async () => {
    const ada = await member(stack, 'ada')
    const { email: newEmail } = stranger('ada')
    const { error } = await admin().generateLink({ type: 'email_change_current', email: ada.email, newEmail })
    expect(error).toMatchObject({
      status: 400,
      message: 'Enable secure email change to generate link for current email',
    })
    const { data } = await admin().generateLink({ type: 'email_change_new', email: ada.email, newEmail })
    await fetch(data.properties?.action_link ?? '', { redirect: 'manual' })
    expect((await admin().getUserById(ada.id)).data.user?.email).toBe(newEmail)
  })
})

test('a mailbox gets one mail however many ask for it at once', async () => {
  const ada = await member(stack, 'ada')
  const asked = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(() => anybody().auth.resetPasswordForEmail(ada.email)),
  )
  const codes = asked.map(({ error }) => error?.code ?? 'sent')
  expect(codes.filter((code) => code === 'sent')).toHaveLength(1)
  expect(new Set(codes)).toEqual(new Set(['sent', 'over_email_send_rate_limit']))
})

describe('where a function of the database sends the mails', () => {
  let other: TestStack
  beforeAll(async () => {
    const uri = 'pg-functions://postgres/public/send_email'
    other = await startTestStack({ settings: { auth: { hook: { send_email: { enabled: true, uri } } } } })
    await withClient(other.urls.database, (client) =>
      client.query(`
        create table public.sent (event jsonb);
        create function public.send_email(event jsonb) returns jsonb language plpgsql as $$
        begin
          if event #>> '{user,email}' like 'refused@%' then
            return '{"error": {"http_code": 402, "message": "Out of stamps."}}';
          end if;
          insert into public.sent values (event);
          return '{}';
        end $$;
        grant insert on public.sent to supabase_auth_admin;
        grant usage on schema public to supabase_auth_admin;
        grant execute on function public.send_email to supabase_auth_admin`),
    )
  })
  afterAll(() => other?.stop())
  const events = async () =>
    (await withClient(other.urls.databaseAdmin, (client) => client.query('select event from public.sent')))
      .rows

  test('it is told what to send, and its refusal undoes what it was to tell of', async () => {
    const { auth } = clientOf(other, other.keys.publishable)
    const { email, options } = stranger('ada')
    expect((await auth.signUp({ email, password, options })).error).toBeNull()
    const [{ event }] = await events()
    expect(event).toMatchObject({
      metadata: { name: 'send-email' },
      user: { email },
      email_data: {
        email_action_type: 'signup',
        token: expect.stringMatching(/^\d{6}$/),
        token_hash: expect.stringMatching(/^[0-9a-f]{56}$/),
        redirect_to: other.urls.site,
        site_url: `${other.urls.api}/auth/v1`,
        token_new: '',
        token_hash_new: '',
      },
    })
    const verified = await auth.verifyOtp({ email, token: event.email_data.token, type: 'signup' })
    expect(verified.data.user?.email).toBe(email)

    const eve = stranger('eve', 'en', 'refused')
    const refused = await auth.signUp(eve)
    expect(refused.error).toMatchObject({ status: 402, message: 'Out of stamps.' })
    const { data } = await clientOf(other, other.keys.secret).auth.admin.listUsers()
    expect(data.users.map((user) => user.email)).toEqual([email])
  })

  test('it is told of both addresses of a change, each with its code', async () => {
    const client = clientOf(other, other.keys.publishable)
    const { email, options } = stranger('ada')
    await client.auth.signUp({ email, password, options })
    const last = async () => (await events()).at(-1)?.event.email_data
    await client.auth.verifyOtp({ email, token: (await last()).token, type: 'signup' })
    const { email: wanted } = stranger('ada')
    expect((await client.auth.updateUser({ email: wanted })).error).toBeNull()
    const { token, token_new } = await last()
    await client.auth.verifyOtp({ email, token, type: 'email_change' })
    const { data } = await client.auth.verifyOtp({ email: wanted, token: token_new, type: 'email_change' })
    expect(data.user?.email).toBe(wanted)
  })
})
