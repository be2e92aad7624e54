import { createRouter } from '@tanstack/react-router'
import { queryClient } from '../lib/query-client.ts'
import { Failed } from './failed.tsx'
import { routeTree } from './routes.tsx'

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  // TanStack Query decides what is fresh.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: Failed,
  // Plain strings both ways: a token of digits must not come back as a number.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined)
    const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
    return text && `?${text}`
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface HistoryState {
    /** Where the verification mail went. */
    email?: string
    /** What somebody has said of themselves on the sign-up form, when they go on to ask their company. */
    asker?: { email: string; first_name: string; last_name: string }
  }
}
