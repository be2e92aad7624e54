import { connect, signUp, verifyEmail } from '@p2p/client'
import type { SupportedStorage } from '@supabase/supabase-js'
import type { Browser, Page } from 'playwright-core'
import { mailTo, tokenIn } from '../../packages/stack/testing/mailbox.ts'
import { startTestStack, type TestStack } from '../../packages/stack/testing/stack.ts'
import ar from '../src/locales/ar.json' with { type: 'json' }
import en from '../src/locales/en.json' with { type: 'json' }
import { openBrowser } from './browser.ts'

/** What the page says, in both languages. */
export const words = { ar, en }
export type Language = keyof typeof words

export type World = { stack: TestStack; browser: Browser; stop(): Promise<void> }

/** A stack of its own with web and worker, and a browser. */
export async function startWorld({ demo = false } = {}): Promise<World> {
  const [stack, browser] = await Promise.all([
    startTestStack({ web: true, worker: true, demo }),
    openBrowser(),
  ])
  return {
    stack,
    browser,
    async stop() {
      await browser.close()
      await stack.stop()
    },
  }
}

export const password = 'a long enough sentence'
let companies = 0

/** Somebody of a company nobody has met before. */
export function somebody(first: string, last: string, language: Language) {
  companies += 1
  const company = `${language}-${process.pid}-${companies}`
  return {
    email: `person@${company}.example`,
    password,
    first_name: first,
    last_name: last,
    organization_name: `Works ${company}`,
    locale: language,
  }
}
export type Somebody = ReturnType<typeof somebody>

/** Somebody of the demo world (supabase/seed.sql). */
export const demoPerson = {
  email: 'omar@jubail-polymers.example',
  password: 'sandbox-demo-2026',
  locale: 'en' as const,
}

/** Signs up and verifies without the pages, for stories that are about something else. */
export async function register({ stack }: World, person: Somebody): Promise<void> {
  const supabase = connect({
    url: stack.urls.api,
    key: stack.keys.publishable,
    auth: { storage: forgetful(), autoRefreshToken: false },
  })
  await signUp(supabase, person)
  await verifyEmail(supabase, {
    tokenHash: tokenIn(await mailTo(stack.urls.mail, person.email)),
    type: 'signup',
  })
}

const forgetful = (): SupportedStorage => ({ getItem: () => null, setItem: () => {}, removeItem: () => {} })

/** The link in the newest mail to somebody. */
export async function linkInMail({ stack }: World, email: string, nth = 1): Promise<string> {
  const { HTML } = await mailTo(stack.urls.mail, email, nth)
  const link = /href="([^"]*\/verify\?[^"]*)"/.exec(HTML)?.[1]
  if (!link) throw new Error(`The mail to ${email} has no link.`)
  return link.replaceAll('&amp;', '&')
}

type Credentials = Pick<Somebody, 'email' | 'password' | 'locale'>

export async function signIn(
  { stack }: World,
  page: Page,
  { email, password, locale }: Credentials,
): Promise<void> {
  const { identity } = words[locale]
  await page.goto(`${stack.urls.site}/sign-in`)
  await page.getByLabel(identity.workEmail).fill(email)
  await page.getByLabel(identity.password, { exact: true }).fill(password)
  await page.getByRole('main').getByRole('button', { name: identity.signIn }).click()
  await page.waitForURL('**/forum')
}
