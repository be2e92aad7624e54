import { type CategoryPatch, categoryColors, categoryIcons } from '@p2p/contracts'
import { useFormContext } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { CategoryMark } from '../category-mark.tsx'
import styles from './keeping.module.css'

/** Icon and colour, each a group of radio buttons that show what they stand for. */
export function LookChoice() {
  const { t } = useTranslation()
  const { register, watch } = useFormContext<CategoryPatch>()
  const [icon, color] = watch(['icon', 'color'])
  return (
    <>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>{t('keeping.icon')}</legend>
        <div className={styles.choices}>
          {categoryIcons.map((name) => (
            <label key={name} className={styles.choice}>
              <CategoryMark category={{ icon: name, color }} />
              <input
                type="radio"
                value={name}
                aria-label={t(`keeping.icons.${name}`)}
                {...register('icon')}
              />
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>{t('keeping.color')}</legend>
        <div className={styles.choices}>
          {categoryColors.map((name) => (
            <label key={name} className={styles.choice}>
              <CategoryMark category={{ icon, color: name }} />
              <input
                type="radio"
                value={name}
                aria-label={t(`keeping.colors.${name}`)}
                {...register('color')}
              />
            </label>
          ))}
        </div>
      </fieldset>
    </>
  )
}
