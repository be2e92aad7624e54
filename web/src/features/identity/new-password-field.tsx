import { PasswordInput } from '@mantine/core'
import { Password, signupLimits } from '@p2p/contracts'
import { IconCircle, IconCircleCheck } from '@tabler/icons-react'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './new-password-field.module.css'

type Props = ComponentProps<typeof PasswordInput> & { value: string }

/** A password to be chosen: its rule stands below it and is ticked off while one types. */
export function NewPasswordField({ value, ...field }: Props) {
  const { t } = useTranslation()
  const fulfilled = Password.safeParse(value).success
  const Icon = fulfilled ? IconCircleCheck : IconCircle
  return (
    <PasswordInput
      label={t('identity.password')}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': t('identity.showPassword'), tabIndex: 0 }}
      description={
        <span className={styles.rule} data-fulfilled={fulfilled || undefined}>
          <Icon size={16} aria-hidden="true" />
          {t('identity.passwordRule', { count: signupLimits.passwordMin })}
        </span>
      }
      {...field}
    />
  )
}
