import { kept } from './kept.ts'

/*
 * Where the session of this browser is kept: in localStorage, so that all tabs share it. One that is not to be remembered
 * ends with the browser: beside it lies a cookie without an end, which every tab sees and which the browser forgets when
 * it is closed. A session whose cookie is gone is thrown away before anybody reads it. (The server ends it after twelve
 * hours, whatever a browser restores.)
 */
const mark = 'session:ends-with-browser'
const sign = 'browser-is-open'

const browserStayedOpen = () => document.cookie.split('; ').includes(`${sign}=1`)

/** To be said before a session begins. */
export function keepSession({ remember }: { remember: boolean }): void {
  const secure = location.protocol === 'https:' ? '; secure' : ''
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
  document.cookie = `${sign}=1; path=/; samesite=lax${secure}${remember ? '; max-age=0' : ''}`
  if (remember) kept.remove(mark)
  else kept.write(mark, '1')
}

// For a browser that keeps nothing: one is signed in as long as the page is open.
const memory = new Map<string, string>()

/** As `auth.storage` of supabase-js wants it. */
export const sessionKeeper = {
  getItem(key: string): string | null {
    if (kept.read(mark) && !browserStayedOpen()) {
      kept.remove(key)
      return null
    }
    return kept.works() ? kept.read(key) : (memory.get(key) ?? null)
  },
  setItem(key: string, value: string): void {
    if (kept.works()) kept.write(key, value)
    else memory.set(key, value)
  },
  removeItem(key: string): void {
    kept.remove(key)
    memory.delete(key)
  },
}
