/** Browser storage that may be full, forbidden or absent: what cannot be kept is simply not kept. */
export const kept = {
  /** Whether anything is kept at all. */
  works(): boolean {
    try {
      localStorage.setItem('works', '1')
      localStorage.removeItem('works')
      return true
    } catch {
      return false
    }
  },
  read(key: string): string | null {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  },
  write(key: string, value: string): void {
    try {
      localStorage.setItem(key, value)
    } catch {
      // The page works without it.
    }
  },
  remove(key: string): void {
    try {
      localStorage.removeItem(key)
    } catch {
      // Nothing was kept.
    }
  },
}
