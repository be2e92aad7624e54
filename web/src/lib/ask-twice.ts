import { useDebouncedCallback } from '@mantine/hooks'

/**
 * Asks when something was told, and once more when it has been quiet for a second: Realtime reads the database's log,
 * where a change can stand a moment before it can be read in the tables.
 */
export function useAskTwice(ask: () => void): () => void {
  const askOnceMore = useDebouncedCallback(ask, 1_000)
  return () => {
    ask()
    askOnceMore()
  }
}
