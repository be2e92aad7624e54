import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Library, library } from './data-world.ts'
import { sql, target } from './world.ts'

let lib: Library
beforeAll(async () => {
  lib = await library()
  await sql(`comment on table public.${lib.books} is 'Books.\nWhat is on the shelf.'`)
})
afterAll(() => lib.drop())

const root = (apikey: string, headers: Record<string, string> = {}) =>
  fetch(`${target.api}/rest/v1/`, { headers: { apikey, ...headers } })

describe('rest.getOpenApiSpec', () => {
  it('describes tables, columns, keys and functions to the secret key', async () => {
    const answer = await root(target.secretKey)
    expect(answer.headers.get('content-type')).toBe('application/openapi+json; charset=utf-8')
    const { swagger, definitions, paths, parameters } = await answer.json()
    expect(swagger).toBe('2.0')
    expect(definitions[lib.books]).toMatchObject({
      type: 'object',
      description: 'Books.\nWhat is on the shelf.',
      required: ['id', 'title'],
      properties: {
        id: { type: 'integer', format: 'int32', description: 'Note:\nThis is a Primary Key.<pk/>' },
        author_id: {
          description: `Note:\nThis is a Foreign Key to \`${lib.authors}.id\`.<fk table='${lib.authors}' column='id'/>`,
        },
        title: { type: 'string', format: 'text' },
        price: { type: 'number', format: 'numeric', default: 9.99 },
      },
    })
    expect(paths[`/${lib.books}`].get).toMatchObject({ summary: 'Books.', tags: [lib.books] })
    expect(Object.keys(paths[`/${lib.books}`]).sort()).toEqual(['delete', 'get', 'patch', 'post'])
    expect(paths[`/rpc/${lib.prefix}_initial`]).toBeDefined()
    expect(parameters[`rowFilter.${lib.books}.title`]).toMatchObject({ in: 'query', name: 'title' })
  })
  it('is for the secret key alone', async () => {
    expect((await root(target.publishableKey)).status).toBe(403)
  })
  it('comes in no other form', async () => {
    const answer = await root(target.secretKey, { accept: 'text/csv' })
    expect([answer.status, await answer.json()]).toMatchObject([406, { code: 'PGRST107' }])
  })
})
