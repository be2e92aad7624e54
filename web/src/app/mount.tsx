import '@fontsource/ibm-plex-sans-arabic/400.css'
import '@fontsource/ibm-plex-sans-arabic/500.css'
import '@fontsource/ibm-plex-sans-arabic/600.css'
import '../ui/base.css'
import '../ui/mantine.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startI18n } from '../lib/i18n.ts'
import { App } from './app.tsx'

export async function mount(root: HTMLElement): Promise<void> {
  await Promise.all([startI18n(), fontsOrSoon()])
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

/** A font that is there before the first words moves none of them; nobody waits long for one that is not. */
async function fontsOrSoon(): Promise<void> {
  const sample = document.documentElement.lang === 'ar' ? 'ا1' : 'a1'
  const fonts = ['400', '600'].map((weight) =>
    document.fonts.load(`${weight} 1rem "IBM Plex Sans Arabic"`, sample),
  )
  const soon = new Promise((resolve) => setTimeout(resolve, 300))
  await Promise.race([Promise.allSettled(fonts), soon])
}
