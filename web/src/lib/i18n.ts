import { type Locale, locales } from '@p2p/contracts'
import i18n, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { formatNumber } from './format.ts'
import { kept } from './kept.ts'

const load: Record<Locale, () => Promise<{ default: object }>> = {
  en: () => import('../locales/en/index.ts'),
  ar: () => import('../locales/ar/index.ts'),
}

const isLocale = (value: string): value is Locale => locales.some((locale) => locale === value)

// Only the language in use is fetched; the other comes when somebody asks for it.
const files: BackendModule = {
  type: 'backend',
  init: () => {},
  read: (language, _namespace, done) => {
    if (!isLocale(language)) return done(new Error(`No such language: ${language}`), null)
    load[language]().then(
      (file) => done(null, file.default as Record<string, unknown>),
      (error: Error) => done(error, null),
    )
  },
}

/** Starts with the language that first-paint.js put on <html>. */
export async function startI18n(): Promise<void> {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language
    document.documentElement.dir = i18n.dir(language)
  })
  await i18n
    .use(files)
    .use(initReactI18next)
    .init({
      lng: document.documentElement.lang,
      supportedLngs: [...locales],
      fallbackLng: false,
      interpolation: { escapeValue: false },
    })
  i18n.services.formatter?.add('number', (value: number, language) => formatNumber(value, language ?? 'en'))
}

export async function changeLanguage(language: Locale): Promise<void> {
  kept.write('language', language)
  await i18n.changeLanguage(language)
}

/** For a choice of language: each is named in itself, for whoever cannot read this one. */
export const languageChoices: { value: Locale; label: string }[] = [
  { value: 'ar', label: 'العربية' },
  { value: 'en', label: 'English' },
]

export const currentLocale = (): Locale => (isLocale(i18n.language) ? i18n.language : 'en')
