import { errorCodes } from '@p2p/contracts'
import { describe, expect, test } from 'vitest'
import ar from './ar/index.ts'
import en from './en/index.ts'

const plural = /_(zero|one|two|few|many|other)$/

function flat(tree: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[path + key, value] as const] : [...flat(value, `${path}${key}.`)],
    ),
  )
}
const english = flat(en)
const arabic = flat(ar)
const names = (texts: Map<string, string>) => new Set([...texts.keys()].map((key) => key.replace(plural, '')))
const counted = (texts: Map<string, string>) =>
  new Set([...texts.keys()].filter((key) => plural.test(key)).map((key) => key.replace(plural, '')))
const forms = (language: string) => new Intl.PluralRules(language).resolvedOptions().pluralCategories

describe('both languages', () => {
  test('say the same things', () => {
    expect(names(arabic)).toEqual(names(english))
    expect(counted(arabic)).toEqual(counted(english))
  })

  test.each([
    ['en', english],
    ['ar', arabic],
  ])('have every plural form of %s wherever something is counted', (language, texts) => {
    for (const key of counted(texts)) {
      const present = forms(language).filter((form) => texts.has(`${key}_${form}`))
      expect(present, key).toEqual(forms(language))
    }
  })

  test('fill in the same values', () => {
    // "One reply" may say its number in a word, so counts are left out.
    const values = (text: string) => [...text.matchAll(/\{\{(\w+)|<(\w+)>/g)].map((hit) => hit[1] ?? hit[2])
    for (const [key, text] of english) {
      const other = arabic.get(key)
      if (other === undefined || plural.test(key)) continue
      expect(new Set(values(other)), key).toEqual(new Set(values(text)))
    }
  })

  test.each([
    ['en', english],
    ['ar', arabic],
  ])('have a sentence for every error code (%s)', (_language, texts) => {
    expect(errorCodes.filter((code) => !texts.has(`errors.${code}`))).toEqual([])
  })

  test('leave no text untranslated', () => {
    const same = [...english].filter(([key, text]) => arabic.get(key) === text).map(([key]) => key)
    expect(same).toEqual([])
  })

  test('write Arabic in Arabic letters and Western digits', () => {
    const example = /^landing\.sample\./
    const foreign = [...arabic].filter(
      ([key, text]) => !example.test(key) && !/\p{Script=Arabic}/u.test(text),
    )
    expect(foreign).toEqual([])
    expect([...arabic].filter(([, text]) => /[٠-٩]/.test(text))).toEqual([])
  })
})
