import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'
import { convertCoverage } from './coverage.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built web app, which names `placeholders` instead of a stack. */
    builtSite: string
  }
}

/**
 * What the built site says where it will name the stack that serves it (`serveSite`): as long as what it is named, so that
 * every place in a script is the same place in all copies (`coverage.ts`).
 */
export const placeholders = {
  VITE_SUPABASE_URL: 'http://stack.invalid:0',
  VITE_SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_'.padEnd(46, '0'),
}

/** Vitest global setup: the web app as it is built for those who use it, once for all stories. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outDir = await mkdtemp(join(tmpdir(), 'p2p-site-'))
  await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    define: Object.fromEntries(
      Object.entries(placeholders).map(([name, value]) => [`import.meta.env.${name}`, JSON.stringify(value)]),
    ),
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: true,
      // Coverage counts statements, which minifying runs together.
      minify: !process.env.COVERAGE_DIR,
      reportCompressedSize: false,
    },
  })
  project.provide('builtSite', outDir)
  return async () => {
    await convertCoverage(outDir)
    await rm(outDir, { recursive: true, force: true })
  }
}
