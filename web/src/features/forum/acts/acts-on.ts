import type { Member, Topic } from '@p2p/contracts'

const topicActs = ['edit', 'move', 'pin', 'unpin', 'lock', 'unlock', 'delete'] as const
export type TopicAct = (typeof topicActs)[number]

const day = 24 * 60 * 60_000

/** What the law lets this person do with a topic (sql/30_forum/10_topics.sql); what others answered it knows best. */
export function actsOn(topic: Topic, me: Pick<Member, 'id' | 'platform_role'>, now: number): TopicAct[] {
  const moderates = me.platform_role !== null
  const isAuthor = topic.author?.id === me.id
  if (!moderates && (!isAuthor || topic.locked_at)) return []
  const isFresh = now - Date.parse(topic.created_at) < day
  return topicActs.filter((act) => {
    if (act === 'edit') return true
    if (act === 'move') return moderates || isFresh
    if (act === 'delete') return moderates || topic.reply_count === 0
    if (act === 'unpin') return moderates && topic.pinned_in !== null
    if (act === 'unlock') return moderates && topic.locked_at !== null
    return moderates && (act === 'pin' || topic.locked_at === null)
  })
}
