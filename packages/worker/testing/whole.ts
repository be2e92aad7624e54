import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startTestStack, type TestStack } from '@p2p/stack/testing'
import { freePort } from '@p2p/stack/testing/postgres'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import pg from 'pg'
import { readEnv } from '../src/env.ts'
import { createLog } from '../src/log.ts'
import { startWorker, type Worker } from '../src/worker.ts'
import { catchMails, type MailCatcher } from './mail-catcher.ts'

export type Resident = { id: string; email: string; supabase: SupabaseClient }

/** A worker's whole surroundings: for jobs that work through Storage and Auth. */
export type Whole = {
  db: pg.Pool
  mail: MailCatcher
  /** With the secret key. */
  supabase: SupabaseClient
  /** A worker in this process. */
  start(): Promise<Worker>
  /** A worker in a process of its own, ready to work, that can be killed. */
  startProcess(): Promise<ChildProcess>
  /** Somebody verified, with a company of their own, signed in. */
  resident(name: string, locale?: 'ar' | 'en'): Promise<Resident>
  stop(): Promise<void>
}

const password = 'a long enough sentence'
const memory = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false }

export async function startWhole(): Promise<Whole> {
  const stack = await startTestStack()
  const mail = await catchMails()
  const db = new pg.Pool({ connectionString: stack.urls.database, max: 4 })
  db.on('error', () => {})
  const supabase = createClient(stack.urls.api, stack.keys.secret, { auth: memory })
  const stops: (() => Promise<unknown>)[] = []
  const environment = async () => ({
    DATABASE_URL: stack.urls.database,
    SUPABASE_URL: stack.urls.api,
    SUPABASE_SECRET_KEY: stack.keys.secret,
    SMTP_URL: mail.url,
    MAIL_FROM: 'no-reply@p2p.example',
    SITE_URL: 'https://p2p.example',
    WORKER_PORT: String(await freePort()),
    WORKER_STOP_SECONDS: '1',
  })
  return {
    db,
    mail,
    supabase,
    async start() {
      const worker = await startWorker(readEnv(await environment()), createLog('silent'))
      stops.push(() => worker.stop())
      return worker
    },
    async startProcess() {
      const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))
      const child = spawn(process.execPath, [entry], {
        env: { PATH: process.env.PATH, ...(await environment()) },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      stops.push(async () => child.kill('SIGKILL'))
      for await (const text of child.stdout) if (String(text).includes('worker is ready')) break
      return child
    },
    resident: (name, locale = 'en') => resident(stack, supabase, name, locale),
    async stop() {
      for (const stop of stops) await stop()
      await db.end()
      await mail.stop()
      await stack.stop()
    },
  }
}

/** Kills as the machine would, and answers when it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

async function resident(
  { urls, keys }: TestStack,
  admin: SupabaseClient,
  name: string,
  locale: 'ar' | 'en',
): Promise<Resident> {
  const email = `${name.toLowerCase()}@${name.toLowerCase()}.example`
  const { data, error } = await admin.auth.admin.createUser({
    email,
    password,
    email_confirm: true,
    user_metadata: { first_name: name, last_name: 'Tester', organization_name: `${name}'s works`, locale },
  })
  if (error) throw error
  const supabase = createClient(urls.api, keys.publishable, { auth: memory })
  const signedIn = await supabase.auth.signInWithPassword({ email, password })
  if (signedIn.error) throw signedIn.error
  return { id: data.user.id, email, supabase }
}
