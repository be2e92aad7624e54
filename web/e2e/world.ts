import { type ConnectOptions, connect, readCurrentDocuments, signUp, verifyEmail } from '@p2p/client'
import { startTestStack, type TestStack } from '@p2p/stack/testing'
import type { Browser, Page } from 'playwright-core'
import { vi } from 'vitest'
import { z } from 'zod'
import ar from '../src/locales/ar/index.ts'
import en from '../src/locales/en/index.ts'
import { openBrowser } from './browser.ts'
import { saveCoverage } from './coverage.ts'
import { sql } from './database.ts'
import { serveSite } from './site.ts'

/** What the page says, in both languages. */
export const words = { ar, en }
export type Language = keyof typeof words

export type World = { stack: TestStack; browser: Browser; stop(): Promise<void> }

/** A stack of its own with the worker, the web app as it is built, and a browser. */
export async function startWorld({ demo = false } = {}): Promise<World> {
  const [stack, browser] = await Promise.all([startTestStack({ worker: true, demo }), openBrowser()])
  const site = await serveSite(stack)
  return {
    stack,
    browser,
    async stop() {
      await saveCoverage()
      await browser.close()
      await site.stop()
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

/** The admin of the platform in the demo world. */
export const demoAdmin = { ...demoPerson, email: 'admin@p2p-sandbox.example' }

/** Signs up and verifies without the pages, for stories that are about something else. */
export async function register(world: World, person: Somebody): Promise<void> {
  const { stack } = world
  const supabase = connect({
    url: stack.urls.api,
    key: stack.keys.publishable,
    auth: forgetful(),
  })
  await signUp(supabase, { ...person, accepted_documents: await readCurrentDocuments(supabase) })
  const link = new URL(await linkInMail(world, person.email, 'signup'))
  await verifyEmail(supabase, { tokenHash: link.searchParams.get('token_hash') ?? '', type: 'signup' })
}

/** A session that lives in memory alone. */
export function forgetful(): NonNullable<ConnectOptions['auth']> {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  return { storage, autoRefreshToken: false }
}

const Mails = z.object({ messages: z.array(z.object({ ID: z.string() })) })
const Mail = z.object({ HTML: z.string() })

/** Waits for the nth mail to somebody that links to /verify for this purpose, and answers with the link. */
export async function linkInMail(
  { stack }: World,
  email: string,
  type: 'signup' | 'recovery' | 'email_change',
  nth = 1,
): Promise<string> {
  const catcher = `${stack.urls.mail}/api/v1`
  const link = async () => {
    const { messages } = Mails.parse(await (await fetch(`${catcher}/search?query=to:${email}`)).json())
    const read = async (id: string) => Mail.parse(await (await fetch(`${catcher}/message/${id}`)).json()).HTML
    // Newest first, as Mailpit lists them.
    const mails = await Promise.all(messages.toReversed().map(({ ID }) => read(ID)))
    const links = mails.flatMap(
      (html) => /href="([^"]*\/verify\?[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? [],
    )
    return links.filter((each) => new URL(each).searchParams.get('type') === type)[nth - 1]
  }
  return vi.waitUntil(link, { timeout: 20_000, interval: 100 })
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

/** Signs in an admin of the platform, whose second factor is set up and confirmed past the pages. */
export async function signInWithCode(world: World, page: Page, credentials: Credentials): Promise<void> {
  await signIn(world, page, credentials)
  await sql(
    world,
    `with person as (select id from auth.users where email = $1),
     factor as (
       insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
       select gen_random_uuid(), id, 'Phone', 'totp', 'verified', 'JBSWY3DPEHPK3PXP', now(), now() from person)
     update auth.sessions set aal = 'aal2' from person where user_id = person.id`,
    [credentials.email],
  )
  await page.goto(`${world.stack.urls.site}/admin/organizations`)
  await page
    .getByRole('heading', { level: 1, name: words[credentials.locale].administration.organizations })
    .waitFor()
}
