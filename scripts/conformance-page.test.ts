import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { stackReadme } from './conformance-page.ts'

test("the stack's README says of every member of Supabase's clients what the stories show", async () => {
  const text = await readFile(new URL('../packages/stack/README.md', import.meta.url), 'utf8')
  expect(text, 'npm run docs:conformance').toBe(await stackReadme())
})
