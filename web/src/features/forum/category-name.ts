import type { Category } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'

type Names = Pick<Category, 'name_en' | 'name_ar'>

/** The words of a category in the reader's language. */
export function useCategoryWords() {
  const { i18n } = useTranslation()
  const arabic = i18n.language === 'ar'
  return {
    name: (category: Names) => (arabic ? category.name_ar : category.name_en),
    description: (category: Category) => (arabic ? category.description_ar : category.description_en),
  }
}
