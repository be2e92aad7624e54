import { type Connection, joinTopic } from '@p2p/client'
import type { PersonNames, Topic } from '@p2p/contracts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { useAskTwice } from '../../lib/ask-twice.ts'
import { useMe } from '../../lib/me.ts'
import { useRoom } from '../../lib/room.ts'
import { supabase } from '../../lib/supabase.ts'
import { followTopic } from './follow-topic.ts'
import { peopleQuery } from './queries.ts'
import { useTypists } from './use-typists.ts'

export type LiveTopic = {
  present: PersonNames[]
  typists: PersonNames[]
  /** `refused`: this person may not listen here. */
  connection: 'joining' | Connection
  /** Tells the others that this person writes. */
  typing: () => void
  /** Asks what has happened since the pages were read. */
  catchUp: () => void
}

/** Names are asked for so many at most; a room with more shows how many there are. */
const namedAtMost = 40

/** The open channel of a topic, once it is read: posts go into the query cache, people come out. */
export function useLiveTopic(topic: string, read: Topic | undefined): LiveTopic {
  const me = useMe()
  const queryClient = useQueryClient()
  const [present, setPresent] = useState<readonly string[]>([])
  const [connection, setConnection] = useState<LiveTopic['connection']>('joining')
  const { typists, hear, forget } = useTypists()

  const follower = useMemo(() => followTopic(queryClient, topic), [queryClient, topic])

  // What fails here is asked for again by the next event or when the connection is back.
  const catchUp = useCallback(() => void follower.catchUp().catch(() => {}), [follower])
  const hearNews = useAskTwice(catchUp)

  const organization = (read?.visibility === 'organization' && read.organization?.id) || null
  const room = useRoom(read ? `topic:${topic}:${organization}` : null, () =>
    joinTopic(supabase, {
      topic,
      organization,
      me: me.id,
      onPost(event) {
        if (event.name === 'post_created' && event.author_id) forget(event.author_id)
        hearNews()
      },
      onTopic: hearNews,
      onTyping: hear,
      onPresent: setPresent,
      onConnection(now) {
        setConnection(now)
        // Between reading the page and joining, posts may have come; while it was lost, anything.
        if (now === 'joined') catchUp()
      },
    }),
  )

  const asked = [...new Set([...typists, ...present])].slice(0, namedAtMost)
  const people = useQuery(peopleQuery(asked)).data
  const named = useMemo(() => new Map((people ?? []).map((person) => [person.id, person])), [people])
  const names = (ids: readonly string[]) => ids.flatMap((id) => named.get(id) ?? [])

  return {
    present: names(present),
    typists: names(typists),
    connection,
    typing: useCallback(() => room.current?.typing(), [room]),
    catchUp,
  }
}
