import type translation from '../locales/en.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof translation }
  }
}
