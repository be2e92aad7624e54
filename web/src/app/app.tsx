import {
  DirectionProvider,
  localStorageColorSchemeManager,
  MantineProvider,
  useDirection,
} from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../features/identity/queries.ts'
import { queryClient } from '../lib/query-client.ts'
import { supabase } from '../lib/supabase.ts'
import { cssVariables, theme } from '../ui/theme.ts'
import { router } from './router.tsx'

// The key that first-paint.js reads.
const schemes = localStorageColorSchemeManager({ key: 'theme' })

export function App() {
  useEndOfSession()
  return (
    <DirectionProvider detectDirection={false} initialDirection={document.dir === 'rtl' ? 'rtl' : 'ltr'}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
      >
        <LanguageDirection />
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  )
}

/** Floating parts place themselves by Mantine's direction; it follows the language. */
function LanguageDirection() {
  const { i18n } = useTranslation()
  const { setDirection } = useDirection()
  const direction = i18n.dir(i18n.language)
  useEffect(() => setDirection(direction), [direction, setDirection])
  return null
}

/** A session that ends elsewhere (another tab, an expired token) ends here too. */
function useEndOfSession() {
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((event) => {
      if (event !== 'SIGNED_OUT' || !queryClient.getQueryData(meQuery.queryKey)) return
      queryClient.setQueryData(meQuery.queryKey, null)
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'identity' })
      void router.invalidate()
    })
    return () => data.subscription.unsubscribe()
  }, [])
}
