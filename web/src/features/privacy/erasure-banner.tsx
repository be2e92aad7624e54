import { Button } from '@mantine/core'
import type { Erasure } from '@p2p/contracts'
import { IconHourglass } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { dayOf } from '../../lib/format.ts'
import { LinkButton } from '../../ui/link-button.tsx'
import { useCancelErasure } from './actions.ts'
import styles from './privacy.module.css'

/** Over every page while an erasure waits: nobody should be surprised by it. */
export function ErasureBanner({ erasure: { due_at } }: { erasure: Erasure }) {
  const { t, i18n } = useTranslation()
  const cancel = useCancelErasure()
  return (
    <div className={styles.banner} role="status">
      <IconHourglass size={20} stroke={1.75} aria-hidden="true" />
      <p>{t('privacy.banner', { day: dayOf(due_at, i18n.language) })}</p>
      <div className={styles.actions}>
        <Button size="sm" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
          {t('privacy.erasure.keep')}
        </Button>
        <LinkButton to={urls.privacy} size="sm" variant="subtle">
          {t('privacy.details')}
        </LinkButton>
      </div>
    </div>
  )
}
