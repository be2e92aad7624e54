import { cp, glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestStack } from '@p2p/stack/testing'
import { preview } from 'vite'
import { inject } from 'vitest'
import { placeholders } from './built-site.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Serves a copy of the built web app that names this stack, where the stack expects it. */
export async function serveSite({ urls, keys, config }: TestStack): Promise<{ stop(): Promise<void> }> {
  const folder = join(config.dir, 'web')
  const names = [
    [placeholders.VITE_SUPABASE_URL, urls.api],
    [placeholders.VITE_SUPABASE_PUBLISHABLE_KEY, keys.publishable],
  ] as const
  for (const [placeholder, name] of names) {
    if (placeholder.length !== name.length) throw new Error(`${placeholder} is not as long as ${name}.`)
  }
  await cp(inject('builtSite'), folder, { recursive: true })
  for await (const script of glob(join(folder, 'assets/*.js'))) {
    const code = await readFile(script, 'utf8')
    if (!code.includes(placeholders.VITE_SUPABASE_URL)) continue
    await writeFile(
      script,
      names.reduce((text, [placeholder, name]) => text.replaceAll(placeholder, name), code),
    )
  }
  const { port } = new URL(urls.site)
  const server = await preview({
    root,
    logLevel: 'warn',
    build: { outDir: folder },
    preview: { port: Number(port), strictPort: true },
  })
  return { stop: () => server.close() }
}
