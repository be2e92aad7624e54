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
import { queryClient } from '../lib/query-client.ts'
import { cssVariables, theme } from '../ui/theme.ts'
import { Access } from './access.tsx'
import { router } from './router.tsx'

// The key that first-paint.js reads.
const schemes = localStorageColorSchemeManager({ key: 'theme' })

export function App() {
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
          <Access />
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
