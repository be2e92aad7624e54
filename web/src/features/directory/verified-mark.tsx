import { IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import rows from '../../ui/row.module.css'

/** The commercial register vouches for this company. */
export function VerifiedMark() {
  const { t } = useTranslation()
  return (
    <span className={rows.mark} title={t('directory.verifiedHelp')}>
      <IconRosetteDiscountCheck size={16} aria-hidden="true" />
      {t('directory.verified')}
    </span>
  )
}
