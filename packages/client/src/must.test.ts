import { PostgrestError } from '@supabase/supabase-js'
import { describe, expect, test } from 'vitest'
import { must, Refusal, refusalOf } from './must.ts'

const failed = (code: string, details = '') => ({
  data: null,
  error: new PostgrestError({ message: 'No.', code, details, hint: '' }),
})
const thrownBy = (act: () => unknown): Refusal => {
  try {
    act()
  } catch (error) {
    return error as Refusal
  }
  throw new Error('nothing was thrown')
}

describe('an answer of the Data API', () => {
  test('is its data', () => {
    expect(must({ data: 7, error: null })).toBe(7)
  })

  test.for([
    ['PT409', 'topic_locked', 'topic_locked'],
    ['PT409', 'a code nobody knows', 'internal'],
    ['42501', '', 'not_allowed'],
    ['PGRST301', '', 'not_signed_in'],
    ['22P02', '', 'invalid_input'],
    ['23514', '', 'invalid_input'],
    ['PGRST116', '', 'not_found'],
    ['', '', 'unavailable'],
    ['XX000', '', 'internal'],
  ] as const)('%s %s becomes %s', ([code, details, expected], { expect }) => {
    const refusal = thrownBy(() => must(failed(code, details)))
    expect(refusal).toBeInstanceOf(Refusal)
    expect(refusal.code).toBe(expected)
  })
})

describe('an answer of an edge function', () => {
  test('brings its fields, its id and its patience', async () => {
    const refusal = await refusalOf(
      Response.json(
        { code: 'invalid_input', message: 'No.', fields: { email: 'email_invalid' }, request_id: 'abc' },
        { status: 422, headers: { 'retry-after': '30' } },
      ),
    )
    expect(refusal).toMatchObject({
      code: 'invalid_input',
      fields: { email: 'email_invalid' },
      requestId: 'abc',
      retryAfter: 30,
    })
  })

  test('that is no JSON is still a refusal', async () => {
    const refusal = await refusalOf(
      new Response('<html>', { status: 502, headers: { 'x-request-id': 'from-header' } }),
    )
    expect(refusal).toMatchObject({ code: 'unavailable', requestId: 'from-header', retryAfter: null })
  })
})
