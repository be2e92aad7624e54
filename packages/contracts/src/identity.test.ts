import { describe, expect, test } from 'vitest'
import { Email, Password, SignupInput } from './identity.ts'

const input = {
  email: 'ada@ada.example',
  password: 'correct horse',
  first_name: 'Ada',
  last_name: 'Saleh',
  organization_name: 'Ada Castings',
  locale: 'ar',
}

describe('an address', () => {
  test.for([
    ['ada@ada.example', 'ada@ada.example'],
    ['  Ada@ADA.Example ', 'ada@ada.example'],
    ['ada@MÜLLER.example', 'ada@xn--mller-kva.example'],
    ['ada@مصنع.السعودية', 'ada@xn--0gbi8af.xn--mgberp4a5d4ar'],
  ] as const)('%s is kept as %s', ([written, kept], { expect }) => {
    expect(Email.parse(written)).toBe(kept)
  })

  test.for([
    '',
    'ada',
    '@ada.example',
    'ada@',
    'a b@ada.example',
    'ada@ada',
    'ada@ada.example/x',
    'ada@user:pw@ada.example',
    7,
    null,
  ])('%s is none', (written, { expect }) => {
    expect(Email.safeParse(written).error?.issues[0]?.message).toBe('email_invalid')
  })
})

describe('a password', () => {
  test('has ten characters', () => {
    expect(Password.safeParse('123456789').success).toBe(false)
    expect(Password.safeParse('1234567890').success).toBe(true)
  })

  test('has no more bytes than are hashed', () => {
    expect(Password.safeParse('م'.repeat(36)).success).toBe(true)
    expect(Password.safeParse('م'.repeat(37)).success).toBe(false)
  })
})

describe('a signup', () => {
  test('names the code of every field at fault', () => {
    const { error } = SignupInput.safeParse({
      ...input,
      email: 'x',
      first_name: ' ',
      last_name: 'a\u202Eb',
      locale: 'fr',
    })
    expect(Object.fromEntries(error!.issues.map(({ path, message }) => [path.join('.'), message]))).toEqual({
      email: 'email_invalid',
      first_name: 'first_name_invalid',
      last_name: 'last_name_invalid',
      locale: 'locale_invalid',
    })
  })

  test('drops what it does not know', () => {
    expect(SignupInput.parse({ ...input, role: 'admin' })).toEqual(input)
  })
})
