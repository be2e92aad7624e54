import type { DraftKey } from '@p2p/contracts'

/** What a draft is to become: a topic, an answer (to the topic, or to a post in it), or other words of a post. */
export type DraftTarget =
  | { kind: 'topic' }
  | { kind: 'reply'; post: null }
  | { kind: 'answer'; post: string }
  | { kind: 'edit'; post: string }

export function targetOf(key: DraftKey): DraftTarget {
  const [kind, subject = '', post = null] = key.split(':')
  if (kind === 'edit') return { kind, post: subject }
  if (kind === 'topic') return { kind }
  return post ? { kind: 'answer', post } : { kind: 'reply', post: null }
}
