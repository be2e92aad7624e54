import { glob, readFile } from 'node:fs/promises'
import { type LimitName, limits } from '@p2p/contracts'
import { test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

/* The page of limits (packages/contracts/src/limits.ts) says what is so: in the database and in the functions. */

const names = Object.keys(limits) as LimitName[]
const isKnown = (name: string): name is LimitName => names.some((known) => known === name)

const counting = /(?:limit_rate|take_rate_limit|rate_left)\(\s*'([a-z_.]+)',[^;]*?,\s*(\d+),\s*(\d+)\s*\)/g
const functions = new URL('../../functions/', import.meta.url)

async function sourcesOfFunctions(): Promise<string> {
  const texts = []
  for await (const file of glob('*/*.ts', { cwd: functions, exclude: ['**/*.test.ts', 'testing/**'] }))
    texts.push(await readFile(new URL(file, functions), 'utf8'))
  return texts.join('\n')
}

describe('the page of limits', () => {
  test('has the numbers that the database counts with', async ({ db }) => {
    const { rows } = await db.client.query<{ name: string; source: string }>(
      `select proname as name, prosrc as source from pg_proc
       where pronamespace in ('public'::regnamespace, 'private'::regnamespace)`,
    )
    for (const { name, source } of rows) {
      for (const [, bucket = '', max, seconds] of source.matchAll(counting)) {
        expect([name, bucket, isKnown(bucket)]).toEqual([name, bucket, true])
        if (isKnown(bucket))
          expect([name, bucket, Number(max), Number(seconds)]).toEqual([
            name,
            bucket,
            limits[bucket].max,
            limits[bucket].seconds,
          ])
      }
    }
  })

  test('has no line that nobody takes, and where one is taken, its numbers stand', async ({ db }) => {
    const inFunctions = await sourcesOfFunctions()
    const { rows } = await db.client.query<{ source: string }>(
      `select prosrc as source from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)`,
    )
    const idle = names.filter((bucket) => {
      if (inFunctions.includes(`limitOf('${bucket}')`)) return false
      const sources = rows.filter(({ source }) => source.includes(`'${bucket}'`)).map(({ source }) => source)
      const { max, seconds } = limits[bucket]
      return ![max, seconds].every((figure) =>
        sources.some((source) => new RegExp(`(?<![\\d.])${figure}(?![\\d.])`).test(source)),
      )
    })
    expect(idle).toEqual([])
  })

  test('is whole: functions take no limit that is not on it', async () => {
    const taken = [...(await sourcesOfFunctions()).matchAll(/limitOf\('([^']+)'\)/g)].map(([, name]) => name)
    expect(taken.length).toBeGreaterThan(0)
    expect(taken.filter((name) => !isKnown(name ?? ''))).toEqual([])
  })
})
