import { Button } from '@mantine/core'
import type { Locale } from '@p2p/contracts'
import { IconLanguage } from '@tabler/icons-react'
import { currentLocale } from '../../lib/i18n.ts'
import { useChooseLanguage } from './use-choose-language.ts'

const other: Record<Locale, { locale: Locale; name: string }> = {
  ar: { locale: 'en', name: 'English' },
  en: { locale: 'ar', name: 'العربية' },
}

/** Named in the language it leads to, for whoever can't read this one. */
export function LanguageChoice() {
  const choose = useChooseLanguage()
  const { locale, name } = other[currentLocale()]
  return (
    <Button
      variant="subtle"
      size="sm"
      lang={locale}
      leftSection={<IconLanguage size={18} aria-hidden="true" />}
      onClick={() => void choose(locale)}
    >
      {name}
    </Button>
  )
}
