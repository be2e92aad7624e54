import { useCallback, useEffect, useState } from 'react'
import { heard, nextToForget, stillWriting, type Typists, withoutTypist } from './typists.ts'

/** Ids of those who write now. It stops by itself when nothing more is heard of somebody. */
export function useTypists() {
  const [typists, setTypists] = useState<Typists>(new Map())

  useEffect(() => {
    const wait = nextToForget(typists, Date.now())
    if (wait === null) return
    const timer = setTimeout(() => setTypists((all) => stillWriting(all, Date.now())), wait)
    return () => clearTimeout(timer)
  }, [typists])

  return {
    typists: [...typists.keys()],
    hear: useCallback((user: string) => setTypists((all) => heard(all, user, Date.now())), []),
    /** Their post is there: they have stopped. */
    forget: useCallback((user: string) => setTypists((all) => withoutTypist(all, user)), []),
  }
}
