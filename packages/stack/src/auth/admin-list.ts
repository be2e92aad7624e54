import { z } from 'zod'
import { AuthFault, invalid } from './fault.ts'
import type { Means } from './means.ts'
import { findById, type Person } from './people.ts'
import { audience } from './person-changes.ts'
import { describePerson, listPeople } from './user-json.ts'

const standardSize = 50
const digits = /^\d{1,9}$/

/** Which part of a long list is asked for, as every list of the admin API takes it. */
export function readPage({ searchParams }: URL): { page: number; size: number } {
  const read = (name: string, standard: number) => {
    const given = searchParams.get(name)
    if (!given) return standard
    if (!digits.test(given)) {
      throw invalid(`Bad Pagination Parameters: strconv.ParseUint: parsing "${given}": invalid syntax`)
    }
    return Number(given) || standard
  }
  return { page: read('page', 1), size: read('per_page', standardSize) }
}

/** Where the rest of a list is: `link` to the next page and the last, and how many there are in all. */
export function pageHeaders(url: URL, { page, size }: { page: number; size: number }, total: number) {
  const last = Math.ceil(total / size)
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(url.searchParams)
    query.set('page', String(to))
    query.sort()
    return `<${url.pathname.replace(/^\/auth\/v1/, '')}?${query}>; rel="${rel}"`
  }
  const links = page < last ? [link(page + 1, 'next'), link(last, 'last')] : [link(last, 'last')]
  return { link: links.join(', '), 'x-total-count': String(total) }
}

/** GET /admin/users?page=&per_page=&sort=&filter= */
export async function listUsers({ pool }: Means, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const part = readPage(url)
  const filter = url.searchParams.get('filter') ?? ''
  const { users, total } = await listPeople(pool, {
    ...part,
    ascending: readAscending(url),
    filter,
    aud: audience,
  })
  return Response.json({ users, aud: audience }, { headers: pageHeaders(url, part, total) })
}

function readAscending({ searchParams }: URL): boolean {
  const [given] = searchParams.getAll('sort')
  if (given === undefined) return false
  const [field = '', direction = 'desc'] = given.split(/ (.*)/s, 2)
  if (field !== 'created_at') throw invalid(`Bad Sort Parameters: bad field for sort '${field}'`)
  if (!/^(asc|desc)$/i.test(direction)) {
    throw invalid(`Bad Sort Parameters: bad direction for sort '${direction}', only 'asc' and 'desc' allowed`)
  }
  return direction.toLowerCase() === 'asc'
}

const Uuid = z.guid()

/** Whom a path names. */
export async function personOf({ pool }: Means, id: string): Promise<Person> {
  if (!Uuid.safeParse(id).success) throw new AuthFault(404, 'validation_failed', 'user_id must be an UUID')
  const person = await findById(pool, id)
  if (!person) throw new AuthFault(404, 'user_not_found', 'User not found')
  return person
}

/** GET /admin/users/{id} */
export async function getUser(means: Means, id: string): Promise<Response> {
  const person = await personOf(means, id)
  return Response.json(await describePerson(means.pool, person.id))
}
