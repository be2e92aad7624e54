import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { authSubjects, compileMails } from './compile.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
let made: Map<string, string>
beforeAll(async () => {
  made = await compileMails()
})

describe('the compiled mails', () => {
  test('are the ones the words and the layout make (npm run mail:build)', async () => {
    for (const [path, text] of made) expect(await readFile(root + path, 'utf8'), path).toBe(text)
  })

  test('have no orphans beside them', async () => {
    for (const folder of ['packages/worker/src/mail/compiled', 'supabase/templates']) {
      const there = (await readdir(root + folder)).map((name) => `${folder}/${name}`)
      expect(there.filter((path) => !made.has(path))).toEqual([])
    }
  })

  test('run from right to left in Arabic, and only there', () => {
    const ar = made.get('packages/worker/src/mail/compiled/welcome.ar.html')
    const en = made.get('packages/worker/src/mail/compiled/welcome.en.html')
    expect(ar).toMatch(/<html lang="ar" dir="rtl"/)
    expect(ar).not.toMatch(/direction: ?ltr/)
    expect(en).toMatch(/<html lang="en" dir="ltr"/)
    expect(en).not.toMatch(/direction: ?rtl/)
  })
})

describe('the templates of Auth', () => {
  const templates = () => [...made].filter(([path]) => path.startsWith('supabase/templates/'))

  test('hold both languages, and one link with the token', () => {
    expect(templates()).toHaveLength(5)
    for (const [path, text] of templates()) {
      expect(text, path).toMatch(
        /^\{\{ if eq \.Data\.locale "ar" \}\}[\s\S]*lang="ar"[\s\S]*\{\{ else \}\}[\s\S]*lang="en"[\s\S]*\{\{ end \}\}\n$/,
      )
      const links = new Set(text.match(/href="[^"]+"/g))
      expect([...links], path).toEqual([
        expect.stringMatching(
          /^href="\{\{ \.SiteURL \}\}\/verify\?token_hash=\{\{ \.TokenHash \}\}&amp;type=[a-z_]+"$/,
        ),
      ])
    }
  })

  test('have the subjects that config.toml tells Auth, in both languages', async () => {
    const config = await readFile(`${root}supabase/config.toml`, 'utf8')
    for (const [name, subject] of Object.entries(authSubjects())) {
      expect(config).toContain(`[auth.email.template.${name}]\nsubject = '${subject}'\n`)
    }
  })

  test('carry no word that a stranger could have typed at signup', () => {
    for (const [path, text] of templates()) {
      expect(text.match(/\.Data\.(?!locale)\w+/), path).toBeNull()
    }
  })
})
