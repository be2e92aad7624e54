import type translation from '../locales/en/index.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof translation }
  }
}
