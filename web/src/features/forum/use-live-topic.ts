import { type Connection, joinTopic } from '@p2p/client'
import type { PersonNames } from '@p2p/contracts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { useMe } from '../../lib/me.ts'
import { useRoom } from '../../lib/room.ts'
import { supabase } from '../../lib/supabase.ts'
import { followTopic } from './follow-topic.ts'
import { peopleQuery, topicKey } from './queries.ts'
import { useTypists } from './use-typists.ts'

export type LiveTopic = {
  present: PersonNames[]
  typists: PersonNames[]
  /** `refused`: this person may not listen here. */
  connection: 'joining' | Connection
  /** Tells the others that this person writes. */
  typing: () => void
}

/** Names are asked for so many at most; a room with more shows how many there are. */
const namedAtMost = 40

/** The open channel of a topic: posts go into the query cache, people come out. */
export function useLiveTopic(topic: string): LiveTopic {
  const me = useMe()
  const queryClient = useQueryClient()
  const [present, setPresent] = useState<readonly string[]>([])
  const [connection, setConnection] = useState<LiveTopic['connection']>('joining')
  const { typists, hear, forget } = useTypists()

  const room = useRoom(`topic:${topic}`, () => {
    const follower = followTopic(queryClient, topic)
    let joinedBefore = false
    // What fails here is asked for again by the next event or when the connection is back.
    const quietly = (work: Promise<unknown>) => void work.catch(() => {})
    return joinTopic(supabase, {
      topic,
      me: me.id,
      onPost(event) {
        if (event.name === 'post_created') {
          forget(event.author_id)
          quietly(follower.catchUp())
        } else quietly(follower.readAgain(event.post_id))
      },
      onTyping: hear,
      onPresent: setPresent,
      onConnection(now) {
        setConnection(now)
        if (now !== 'joined') return
        // Between reading the page and joining, posts may have come; while it was lost, anything.
        if (joinedBefore) quietly(queryClient.invalidateQueries({ queryKey: topicKey(topic) }))
        else quietly(follower.catchUp())
        joinedBefore = true
      },
    })
  })

  const asked = [...new Set([...typists, ...present])].slice(0, namedAtMost)
  const people = useQuery(peopleQuery(asked)).data
  const named = useMemo(() => new Map((people ?? []).map((person) => [person.id, person])), [people])
  const names = (ids: readonly string[]) => ids.flatMap((id) => named.get(id) ?? [])

  return {
    present: names(present),
    typists: names(typists),
    connection,
    typing: useCallback(() => room.current?.typing(), [room]),
  }
}
