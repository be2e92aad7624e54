import { readMe, signIn, signUp, verifyEmail } from '@p2p/client'
import type { EmailOtpType } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailTo, tokenIn } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, member, password, rowsOf, visitor } from './companies.ts'

/* A link in a mail opens one thing once. Eve has found old ones in somebody's mailbox. */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

const kinds: EmailOtpType[] = ['signup', 'invite', 'magiclink', 'recovery', 'email_change', 'email']
const follow = (tokenHash: string, type: EmailOtpType) => verifyEmail(visitor(stack), { tokenHash, type })
const isDead = (tokenHash: string, types = kinds) =>
  Promise.all(
    types.map((type) =>
      expect(follow(tokenHash, type), type).rejects.toMatchObject({ code: 'link_invalid' }),
    ),
  )
const older = (email: string) =>
  rowsOf(
    stack,
    `update auth.users set recovery_sent_at = recovery_sent_at - interval '1 hour' where email = $1`,
    [email],
  )

describe('the link of a signup', () => {
  test('works once, for that alone', async () => {
    const form = founder('Ada')
    await signUp(visitor(stack), form)
    const token = tokenIn(await mailTo(stack.urls.mail, form.email))
    await isDead(token, ['recovery', 'magiclink', 'email_change'])
    await follow(token, 'signup')
    await isDead(token)
  })

  test('is dead an hour later', async () => {
    const form = founder('Ada')
    await signUp(visitor(stack), form)
    const token = tokenIn(await mailTo(stack.urls.mail, form.email))
    await rowsOf(
      stack,
      `update auth.users set confirmation_sent_at = confirmation_sent_at - interval '61 minutes' where email = $1`,
      [form.email],
    )
    await rowsOf(
      stack,
      `update auth.one_time_tokens set created_at = created_at - interval '61 minutes'
       where user_id = (select id from auth.users where email = $1)`,
      [form.email],
    )
    await isDead(token)
  })

  test('is not to be guessed from another, nor from the address', async () => {
    const form = founder('Ada')
    await signUp(visitor(stack), form)
    const token = tokenIn(await mailTo(stack.urls.mail, form.email))
    expect(token).toMatch(/^[0-9a-f]{56}$/)
    for (const guess of [
      '',
      '0'.repeat(56),
      token.slice(1),
      token.toUpperCase(),
      `${token}0`,
      '%',
      form.email,
    ])
      await isDead(guess || ' ')
  })
})

describe('the link for a new password', () => {
  const ask = async (email: string, nth: number) => {
    await older(email)
    await visitor(stack).auth.resetPasswordForEmail(email)
    const isRecovery = ({ HTML }: { HTML: string }) => HTML.includes('type=recovery')
    return tokenIn(await mailTo(stack.urls.mail, email, nth, isRecovery))
  }

  test('works once, for that alone, and a newer one makes it void', async () => {
    const ada = await member(stack, founder('Ada'))
    const first = await ask(ada.email, 1)
    const second = await ask(ada.email, 2)
    await isDead(first)
    await isDead(second, ['signup', 'invite', 'email_change'])
    await follow(second, 'recovery')
    await isDead(second)
  })

  test('is of no use to who asks for the password of another', async () => {
    const [ada, eve] = [await member(stack, founder('Ada')), await member(stack, founder('Eve'))]
    const token = await ask(eve.email, 1)
    const supabase = visitor(stack)
    const { error } = await supabase.auth.verifyOtp({ email: ada.email, token, type: 'recovery' })
    expect(error?.code).toBe('otp_expired')
    await verifyEmail(supabase, { tokenHash: token, type: 'recovery' })
    expect(await readMe(supabase)).toMatchObject({ id: eve.id })
    const again = visitor(stack)
    await signIn(again, { email: ada.email, password })
    expect(await readMe(again)).toMatchObject({ id: ada.id })
  })
})
