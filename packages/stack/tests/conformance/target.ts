import type { TestProject } from 'vitest/node'
import { startGround } from '../../testing/ground.ts'

/** The Supabase that the conformance stories speak to: one for all of them. */
export type Target = {
  api: string
  publishableKey: string
  secretKey: string
  database: string
  mail: string
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Where a test run measures coverage, so do the stack's processes; not the test processes, which are started later.
  if (process.env.COVERAGE_DIR) process.env.NODE_V8_COVERAGE = process.env.COVERAGE_DIR
  const ground = await startGround({ apiProcesses: 2 })
  const { urls, keys } = ground
  delete process.env.NODE_V8_COVERAGE
  const { api, database, mail } = urls
  project.provide('target', {
    api,
    database,
    mail,
    publishableKey: keys.publishable,
    secretKey: keys.secret,
  })
  return () => ground.stop()
}
