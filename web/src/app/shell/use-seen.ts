import { seen } from '@p2p/client'
import { useEffect } from 'react'
import { supabase } from '../../lib/supabase.ts'

const hour = 3_600_000

/** Says now and every hour that somebody is here, as long as they may act. What fails is said again in an hour. */
export function useSeen(active: boolean) {
  useEffect(() => {
    if (!active) return
    const say = () => void seen(supabase).catch(() => {})
    say()
    const timer = setInterval(say, hour)
    return () => clearInterval(timer)
  }, [active])
}
