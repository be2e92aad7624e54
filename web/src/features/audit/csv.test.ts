import type { AuditEvent } from '@p2p/contracts'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import { type Column, csvHead, csvOf } from './csv.ts'

const line = (organization: string | null): AuditEvent => ({
  id: 7,
  happened_at: '2026-11-21T09:00:00Z',
  action: 'members.remove',
  outcome: 'done',
  code: null,
  actor_id: null,
  actor: null,
  organization_id: null,
  organization,
  subject_kind: null,
  subject_id: null,
  subject: null,
  before: null,
  after: null,
  request_id: null,
  origin: null,
})
const columns: Column[] = [
  { name: 'Line', of: ({ id }) => id },
  { name: 'الشركة', of: ({ organization }) => organization },
]
const read = (text: string) => Papa.parse<string[]>(text, { skipEmptyLines: true }).data

describe('the log as a table', () => {
  test('keeps commas, quotes, line breaks and Arabic as they are', () => {
    const hard = 'مسبوكات, "نجد"\nالدمام'
    expect(read(csvHead(columns) + csvOf(columns, [line(hard), line(null)]))).toEqual([
      ['Line', 'الشركة'],
      ['7', hard],
      ['7', ''],
    ])
    expect(csvHead(columns).startsWith('\uFEFF')).toBe(true)
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('is no formula: %j', (text) => {
    expect(read(csvOf(columns, [line(text)]))[0]?.[1]).toBe(`'${text}`)
  })

  test('of no lines is empty', () => {
    expect(csvOf(columns, [])).toBe('')
  })
})
