import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { authSubjects, compileMails } from './compile.ts'
import { authMails } from './words/auth.ts'
import { authNotices } from './words/auth-notices.ts'

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
  const nameOf = (path: string) => path.replace(/^.*\/|\.html$/g, '')
  const mails = () => templates().filter(([path]) => nameOf(path) in authMails)
  const notices = () => templates().filter(([path]) => nameOf(path) in authNotices)

  test('hold both languages', () => {
    expect(templates()).toHaveLength(9)
    for (const [path, text] of templates()) {
      expect(text, path).toMatch(
        /^\{\{ if eq \.Data\.locale "ar" \}\}[\s\S]*lang="ar"[\s\S]*\{\{ else \}\}[\s\S]*lang="en"[\s\S]*\{\{ end \}\}\n$/,
      )
    }
  })

  test('that tell of a change lead to a page of ours and carry no token', () => {
    expect(notices()).toHaveLength(4)
    for (const [path, text] of notices()) {
      const links = new Set(text.match(/href="[^"]+"/g))
      expect([...links], path).toEqual([
        expect.stringMatching(/^href="\{\{ \.SiteURL \}\}\/(settings\/security|forgot-password)"$/),
      ])
      expect(text).not.toMatch(/\.Token/)
    }
  })

  test('that ask for something have one link, with the token', () => {
    expect(mails()).toHaveLength(5)
    for (const [path, text] of mails()) {
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
      const switched = name.startsWith('notification.') ? 'enabled = true\n' : ''
      expect(config).toContain(`[auth.email.${name}]\n${switched}subject = '${subject}'\n`)
    }
  })

  test('carry no word that a stranger could have typed at signup', () => {
    for (const [path, text] of templates()) {
      expect(text.match(/\.Data\.(?!locale)\w+/), path).toBeNull()
    }
  })
})
