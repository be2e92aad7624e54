import type { TemplateField } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'

type Labels = Pick<TemplateField, 'label_en' | 'label_ar'>

/** What a field asks, in the reader's language. */
export function useTemplateWords() {
  const { i18n } = useTranslation()
  const arabic = i18n.language === 'ar'
  return {
    label: (field: Labels) => (arabic ? field.label_ar : field.label_en),
    help: (field: TemplateField) => (arabic ? field.help_ar : field.help_en),
  }
}
