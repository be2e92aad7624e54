import { listenToOwn, markRead } from '@p2p/client'
import { notified } from '@p2p/contracts'
import { useEffect, useEffectEvent } from 'react'
import { useMe } from '../../../lib/me.ts'
import { supabase } from '../../../lib/supabase.ts'

/**
 * Says that somebody is in a topic, as they come (back) and whenever they are told something: who is there needs no mail
 * about what they have before them. `readUpTo` answers how far they have read, 0 for not at all.
 */
export function useHere(topic: string, readUpTo: () => number) {
  const me = useMe()
  const say = useEffectEvent(() => {
    const number = readUpTo()
    if (number === 0 || document.visibilityState !== 'visible') return
    // Where this fails a mail goes that nobody needed.
    markRead(supabase, { topic, number }).catch(() => {})
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another topic is another place to be in
  useEffect(() => {
    say()
    const come = () => say()
    document.addEventListener('visibilitychange', come)
    const own = listenToOwn(supabase, me.id, {
      onEvent: (name) => {
        if (name === notified) say()
      },
    })
    return () => {
      document.removeEventListener('visibilitychange', come)
      void own.leave()
    }
  }, [topic, me.id])
}
