import { IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './rows.module.css'

/** The commercial register vouches for this company. */
export function VerifiedMark() {
  const { t } = useTranslation()
  return (
    <span className={styles.mark} title={t('directory.verifiedHelp')}>
      <IconRosetteDiscountCheck size={16} aria-hidden="true" />
      {t('directory.verified')}
    </span>
  )
}
