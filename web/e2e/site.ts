import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestStack } from '@p2p/stack/testing'
import { build, preview } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A built web app, served from a folder. */
type Site = { folder: string; stop(): Promise<void> }

/** Builds the web app as it is built for those who use it, against this stack, and serves it where the stack expects it. */
export async function serveSite({ urls, keys, config }: TestStack): Promise<Site> {
  const outDir = join(config.dir, 'web')
  const define = {
    'import.meta.env.VITE_SUPABASE_URL': JSON.stringify(urls.api),
    'import.meta.env.VITE_SUPABASE_PUBLISHABLE_KEY': JSON.stringify(keys.publishable),
  }
  // Coverage counts statements, which minifying runs together.
  const minify = !process.env.COVERAGE_DIR
  await build({
    root,
    define,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, minify, reportCompressedSize: false },
  })
  const { port } = new URL(urls.site)
  const server = await preview({
    root,
    logLevel: 'warn',
    build: { outDir },
    preview: { port: Number(port), strictPort: true },
  })
  return { folder: outDir, stop: () => server.close() }
}
