import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { liveStatus } from '../src/supervisor/status.ts'
import { mailTo, tokenIn } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, member, password, stranger } from './people.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

const anybody = () => clientOf(stack, stack.keys.publishable)
const admin = () => clientOf(stack, stack.keys.secret).auth.admin
const sql = async (text: string, values: unknown[] = []) =>
  (await withClient(stack.urls.databaseAdmin, (client) => client.query(text, values))).rows
const accounts = (email: string) => sql('select id from auth.users where email = $1', [email])

describe('signing up', () => {
  test('Ada signs up, reads the mail, verifies and is signed in', async () => {
    const ada = stranger('ada')
    const client = anybody()
    const { data, error } = await client.auth.signUp(ada)
    expect(error).toBeNull()
    expect(data.session).toBeNull()

    const mail = await mailTo(stack.urls.mail, ada.email)
    expect(mail.HTML).toContain(`${stack.urls.site}/verify?token_hash=`)
    const verified = await client.auth.verifyOtp({ token_hash: tokenIn(mail), type: 'signup' })
    expect(verified.error).toBeNull()
    expect((await client.rpc('me')).data).toMatchObject({ email: ada.email, status: 'active' })

    const again = await anybody().auth.verifyOtp({ token_hash: tokenIn(mail), type: 'signup' })
    expect(again.error?.code).toBe('otp_expired')
  })

  test('the mail speaks the language of the person', async () => {
    const [noura, omar] = [stranger('noura', 'ar'), stranger('omar', 'en')]
    await anybody().auth.signUp(noura)
    await anybody().auth.signUp(omar)
    expect((await mailTo(stack.urls.mail, noura.email)).Subject).toMatch(/[\u0600-\u06FF]/)
    expect((await mailTo(stack.urls.mail, omar.email)).Subject).toMatch(/^[\u0020-\u007E]+$/)
  })

  test('the hook refuses with its own status and sentence, and nothing is written', async () => {
    const { email } = stranger('eve')
    const { error } = await anybody().auth.signUp({ email, password })
    expect(error?.status).toBe(422)
    expect(error?.message).toContain('first name')
    expect(await accounts(email)).toEqual([])
  })

  test('an address that has an account is answered as a new one is', async () => {
    const ada = await member(stack, 'ada')
    const { data, error } = await anybody().auth.signUp({ ...stranger('ada'), email: ada.email })
    expect(error).toBeNull()
    expect(data.user?.id).not.toBe(ada.id)
    expect(data.user?.email).toBe(ada.email)
  })

  test('several signups for one address at the same moment make one account', async () => {
    const bob = stranger('bob')
    const answers = await Promise.all([1, 2, 3].map(() => anybody().auth.signUp(bob)))
    for (const { error } of answers) expect([undefined, 429]).toContain(error?.status)
    expect(await accounts(bob.email)).toHaveLength(1)
  })

  test('a link that signs in makes no account that is taken for verified', async () => {
    const { email, options } = stranger('eve')
    await anybody().auth.signInWithOtp({ email, options })
    expect(await sql('select email_confirmed_at from auth.users where email = $1', [email])).toEqual([
      { email_confirmed_at: null },
    ])
  })
})

describe('when the mail cannot be sent', () => {
  test('there is no account', async () => {
    const ada = stranger('ada', 'en', 'bounce')
    const { error } = await anybody().auth.signUp(ada)
    expect(error?.status).toBe(500)
    expect(error?.message).toBe('Error sending confirmation email')
    expect(await accounts(ada.email)).toEqual([])
  })

  test('an account that was there stays', async () => {
    const ada = stranger('ada', 'en', 'bounce')
    await admin().createUser({ email: ada.email, password, user_metadata: ada.options.data })
    const { error } = await anybody().auth.resend({ type: 'signup', email: ada.email })
    expect(error?.status).toBe(500)
    expect(await accounts(ada.email)).toHaveLength(1)
  })

  test('nor where Auth is killed while it sends; signing up again then works', async () => {
    const ada = stranger('ada', 'en', 'slow')
    const lost = anybody().auth.signUp(ada)
    await until(async () => (await sql(sending)).length > 0)
    const { pid } = (await liveStatus(stack.config.dir))?.parts.gateway ?? {}
    process.kill(pid ?? 0, 'SIGKILL')
    expect((await lost).error).not.toBeNull()
    await until(async () => (await sql(sending)).length === 0)
    expect(await accounts(ada.email)).toEqual([])

    await until(() =>
      fetch(`${stack.urls.api}/auth/v1/health`)
        .then(({ ok }) => ok)
        .catch(() => false),
    )
    expect((await anybody().auth.signUp(ada)).error).toBeNull()
    expect(await accounts(ada.email)).toHaveLength(1)
  })
})

/** Auth's transaction that waits for the mail server. */
const sending = `select from pg_stat_activity where application_name = 'auth' and state = 'idle in transaction'`

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((tick) => setTimeout(tick, 50))
}

describe('signing in', () => {
  test('before verification: refused, and only to who knows the password', async () => {
    const ada = stranger('ada')
    await anybody().auth.signUp(ada)
    const wrong = await anybody().auth.signInWithPassword({ email: ada.email, password: 'not the password' })
    const right = await anybody().auth.signInWithPassword({ email: ada.email, password })
    const nobody = await anybody().auth.signInWithPassword({ email: stranger('nobody').email, password })
    expect(wrong.error?.code).toBe('invalid_credentials')
    expect(nobody.error?.code).toBe('invalid_credentials')
    expect(right.error?.code).toBe('email_not_confirmed')
  })

  test('who is banned neither signs in nor keeps a session', async () => {
    const eve = await member(stack, 'eve')
    await admin().updateUserById(eve.id, { ban_duration: '1h' })
    expect((await anybody().auth.signInWithPassword({ email: eve.email, password })).error?.code).toBe(
      'user_banned',
    )
    expect((await eve.client.auth.getUser()).error?.code).toBe('user_banned')
    expect((await eve.client.auth.refreshSession()).error?.code).toBe('user_banned')
  })

  test('a session is refreshed, and a spent refresh token is worth nothing later', async () => {
    const ada = await member(stack, 'ada')
    const { data } = await ada.client.auth.getSession()
    expect((await ada.client.auth.refreshSession()).error).toBeNull()
    await ada.client.auth.signOut({ scope: 'global' })
    const late = await anybody().auth.refreshSession({ refresh_token: data.session?.refresh_token ?? '' })
    expect(late.error).not.toBeNull()
  })

  test('a forgotten password is set anew, and other sessions end', async () => {
    const ada = await member(stack, 'ada')
    await anybody().auth.resetPasswordForEmail(ada.email)
    const here = anybody()
    await here.auth.verifyOtp({
      token_hash: tokenIn(await mailTo(stack.urls.mail, ada.email, 2)),
      type: 'recovery',
    })
    expect((await here.auth.updateUser({ password: 'another long password' })).error).toBeNull()
    expect((await ada.client.auth.refreshSession()).error).not.toBeNull()
    const renewed = await anybody().auth.signInWithPassword({
      email: ada.email,
      password: 'another long password',
    })
    expect(renewed.error).toBeNull()
  })
})

describe('moving to another address', () => {
  test('takes the word of the old one and of the new one, in mails that name both', async () => {
    const [ada, { email }] = [await member(stack, 'ada'), stranger('ada')]
    const address = async () => (await ada.client.auth.getUser()).data.user?.email
    expect((await ada.client.auth.updateUser({ email })).error).toBeNull()
    const [old, young] = [await mailTo(stack.urls.mail, ada.email, 2), await mailTo(stack.urls.mail, email)]
    for (const { HTML } of [old, young]) {
      expect(HTML).toContain(`from <bdi>${ada.email}</bdi> to <bdi>${email}</bdi>`)
    }
    const half = await anybody().auth.verifyOtp({ token_hash: tokenIn(young), type: 'email_change' })
    expect(half.data.session).toBeNull()
    expect(await address()).toBe(ada.email)
    const whole = await anybody().auth.verifyOtp({ token_hash: tokenIn(old), type: 'email_change' })
    expect(whole.data.session?.user.email).toBe(email)
    expect(await address()).toBe(email)
  })
})

describe('looking after people', () => {
  test('the secret key makes, finds, lists and removes them; nobody else does', async () => {
    const { email, options } = stranger('ada')
    const made = await admin().createUser({
      email,
      password,
      email_confirm: true,
      user_metadata: options.data,
    })
    const id = made.data.user?.id ?? ''
    expect((await admin().getUserById(id)).data.user?.email).toBe(email)
    expect((await admin().listUsers({ perPage: 1 })).data.users).toHaveLength(1)
    expect((await anybody().auth.signInWithPassword({ email, password })).error).toBeNull()

    const eve = await member(stack, 'eve')
    expect((await eve.client.auth.admin.deleteUser(id)).error?.status).toBe(403)
    expect((await anybody().auth.admin.listUsers()).error?.status).toBe(403)

    expect((await admin().deleteUser(id)).error).toBeNull()
    expect((await admin().getUserById(id)).error?.code).toBe('user_not_found')
  })
})
