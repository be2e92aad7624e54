import { QueryClient } from '@tanstack/react-query'
import { refusalOf } from './sentence.ts'

/** What was explained is not asked again; what failed without a word is, twice. */
const retry = (failures: number, error: unknown) =>
  failures < 2 && ['unavailable', 'internal', undefined].includes(refusalOf(error)?.code)

export const queryClient = new QueryClient({
  // What is read waits for the connection. What somebody does fails at once, and is not done later without their knowing.
  defaultOptions: { queries: { retry }, mutations: { networkMode: 'always' } },
})
