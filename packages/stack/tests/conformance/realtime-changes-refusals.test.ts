import { describe, expect, it } from 'vitest'
import { type Asked, follow, heard, listen, table, told } from './changes-world.ts'
import { fresh, sql, visitor } from './world.ts'

const columns = 'id int primary key, title text, secret text, done boolean'

/** What the server says of a subscription that it does not accept. */
async function refusal(asked: Asked): Promise<string | undefined> {
  const { systems } = await follow(visitor(), asked)
  expect(systems[0]).toMatchObject({ status: 'error', extension: 'postgres_changes' })
  return systems[0]?.message
}

const unable = (parameters: string) =>
  `Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect parameters: [${parameters}]`
const failing = (parameters: string, why: string) =>
  `Unable to subscribe to changes with given parameters. An exception happened so please check your connect parameters: [${parameters}]. Exception: ${why}`

describe('channel.on system', () => {
  it('says that there is no such table, or that it is not published', async () => {
    const name = fresh('nowhere')
    expect(await refusal({ event: '*', schema: 'public', table: name })).toBe(
      unable(`event: *, schema: public, table: ${name}, filters: [], select: nil`),
    )
    const unpublished = await table({ published: false })
    expect(await refusal({ event: 'INSERT', schema: 'public', table: unpublished })).toBe(
      unable(`event: INSERT, schema: public, table: ${unpublished}, filters: [], select: nil`),
    )
  })

  it('says that a filter names no column', async () => {
    const name = await table({ columns })
    expect(await refusal({ event: '*', schema: 'public', table: name, filter: 'notacolumn=eq.123' })).toBe(
      failing(
        `event: *, schema: public, table: ${name}, filters: [{"notacolumn", "eq", "123", false}], select: nil`,
        'ERROR P0001 (raise_exception) invalid column for filter notacolumn',
      ),
    )
  })

  it('says that a value is not of the type of its column', async () => {
    const name = await table({ columns })
    expect(await refusal({ event: '*', schema: 'public', table: name, filter: 'id=not.eq.hey' })).toBe(
      failing(
        `event: *, schema: public, table: ${name}, filters: [{"id", "eq", "hey", true}], select: nil`,
        'ERROR 22P02 (invalid_text_representation) invalid input syntax for type integer: "hey"',
      ),
    )
  })

  it.each([
    ['id=foo.5', 'Error parsing `filter` params: ["foo", "5"]'],
    ['undefined', 'Error parsing `filter` params: ["undefined"]'],
    ['id=eq', 'Error parsing `filter` params: ["eq"]'],
    ['id=in.5', 'Error parsing `filter` params: `in` filter value must be wrapped by parentheses'],
    [
      'id=gt.0,',
      'Error parsing `filter` params: filter must not contain empty segments (check for extra commas)',
    ],
  ])('says that the filter %s cannot be read', async (filter, message) => {
    const name = await table({ columns })
    expect(await refusal({ event: '*', schema: 'public', table: name, filter })).toBe(message)
  })

  it.each([
    ['id=like.1%', 'operator like requires a text-compatible column type, got integer'],
    ['id=match.1', 'operator match requires a text-compatible column type, got integer'],
    ['done=is.maybe', 'invalid value for is filter: must be null, true, false, or unknown'],
    ['title=is.true', 'is true filter requires a boolean column, got text'],
    [
      'title=match.(',
      'invalid regular expression for match filter: invalid regular expression: parentheses () not balanced',
    ],
    [
      `id=in.(${Array.from({ length: 101 }, (_, n) => n).join(',')})`,
      'too many values for `in` filter. Maximum 100',
    ],
  ])('says that the filter %s cannot be applied', async (filter, message) => {
    const name = await table({ columns })
    const said = await refusal({ event: '*', schema: 'public', table: name, filter })
    expect(said?.split('Exception: ')[1]).toBe(`ERROR P0001 (raise_exception) ${message}`)
  })

  it('says that a column cannot be selected', async () => {
    const name = await table({ columns, grants: 'select (id, title) on %s to anon' })
    const from = { event: '*', schema: 'public', table: name } as const
    for (const column of ['nothing', 'secret']) {
      expect(await refusal({ ...from, select: ['id', column] })).toBe(
        failing(
          `event: *, schema: public, table: ${name}, filters: [], select: ["id", "${column}"]`,
          `ERROR P0001 (raise_exception) invalid column for select ${column}`,
        ),
      )
    }
    expect(await refusal({ ...from, filter: 'secret=eq.x' })).toMatch(/invalid column for filter secret$/)
  })

  it('says that columns cannot be selected of a whole schema', async () => {
    expect(await refusal({ event: '*', schema: 'public', select: ['id'] })).toBe(
      'Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name.',
    )
  })

  it('says that neither schema nor table is given, or a filter without one of them', async () => {
    const say = (asked: string) =>
      `No subscription params provided. Please provide at least a \`schema\` or \`table\` to subscribe to: ${asked}`
    const nowhere: object = { event: '*' }
    const { systems } = await follow(visitor(), nowhere as Asked)
    expect(systems[0]?.message).toBe(say('%{"event" => "*"}'))
    const filtered = { event: '*', schema: 'public', filter: 'id=eq.1' } as const
    expect(await refusal(filtered)).toBe(
      say('%{"event" => "*", "filter" => "id=eq.1", "schema" => "public"}'),
    )
  })

  it('refuses all that a channel asked for when one of it is wrong, and the channel goes on', async () => {
    const name = await table({ columns })
    const client = visitor()
    const ada = await follow(client, [
      { event: '*', schema: 'public', table: name },
      { event: '*', schema: 'public', table: fresh('nowhere') },
    ])
    expect(ada.systems).toMatchObject([{ status: 'error' }])
    const bob = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1)`)
    expect(told(await heard(bob, 1))).toEqual([1])
    expect(ada.events).toEqual([])
    expect(ada.channel.state).toBe('joined')
  })
})

describe('channel.subscribe SUBSCRIBED', () => {
  it('comes, with `wait`, when changes are heard', async () => {
    const name = await table({ columns })
    const asked = { event: '*', schema: 'public', table: name } as const
    const ada = listen(visitor(), asked, { config: { postgres_changes_options: { wait: true } } })
    const status = await new Promise((resolve) => ada.channel.subscribe(resolve))
    expect(status).toBe('SUBSCRIBED')
    await sql(`insert into public.${name} values (1)`)
    expect(told(await heard(ada, 1))).toEqual([1])
  })
})

describe('channel.subscribe CHANNEL_ERROR', () => {
  it('comes, with `wait`, when there is nothing to hear', async () => {
    const name = fresh('nowhere')
    const asked = { event: '*', schema: 'public', table: name } as const
    const { channel } = listen(visitor(), asked, { config: { postgres_changes_options: { wait: true } } })
    const error = await new Promise<Error | undefined>((resolve) =>
      channel.subscribe((status, reason) => {
        if (status === 'CHANNEL_ERROR') resolve(reason)
      }),
    )
    expect(error?.message).toBe(
      `RealtimeDisabledForConfiguration: ${unable(`event: *, schema: public, table: ${name}, filters: [], select: nil`)}`,
    )
  })
})
