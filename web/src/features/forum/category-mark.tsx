import type { Category } from '@p2p/contracts'
import { CategoryIcon } from './category-icon.tsx'
import styles from './category-mark.module.css'

/** A category's icon in its colour. */
export function CategoryMark({ category }: { category: Pick<Category, 'icon' | 'color'> }) {
  return (
    <span className={styles.mark} data-color={category.color}>
      <CategoryIcon name={category.icon} size={22} />
    </span>
  )
}
