import { FollowLevel, followLevels, TopicSort } from '@p2p/contracts'
import { z } from 'zod'
import type { TopicsAsked } from './queries.ts'

// What somebody wrote into the address by hand is left out where it means nothing.
const or = <Shape extends z.ZodType>(shape: Shape) => shape.optional().catch(undefined)

/** What a list of topics can be narrowed to by what it is to the reader. */
export const standings = ['unread', 'mine', ...followLevels] as const

/** The address of a list of topics, beside its category. */
const TopicsSearch = z.object({
  sort: or(TopicSort),
  tag: or(z.string().trim().min(1).max(40)),
  organization: or(z.uuid()),
  author: or(z.uuid()),
  answered: or(z.enum(['yes', 'no'])),
  show: or(z.enum(standings)),
})
export type TopicsSearch = z.infer<typeof TopicsSearch>

export const readTopicsSearch = (search: Record<string, unknown>): TopicsSearch => TopicsSearch.parse(search)

/** What the address asks the database for. `me` is the reader, who may ask for their own. */
export function askedOf(search: TopicsSearch, me: string, category?: string): TopicsAsked {
  const { sort, tag, organization, author, answered, show } = search
  const level = FollowLevel.safeParse(show).data
  return {
    ...(category && { category }),
    ...(sort && { sort }),
    ...(tag && { tag }),
    ...(organization && { organization }),
    ...(author && { author }),
    ...(answered && { answered: answered === 'yes' }),
    ...(show === 'unread' && { unread: true }),
    ...(show === 'mine' && { author: me }),
    ...(level && { level }),
  }
}

/** Whether the list is narrowed by more than its place and order. */
export const isNarrowed = (search: TopicsSearch): boolean =>
  Object.entries(search).some(([name, value]) => name !== 'sort' && value !== undefined)
