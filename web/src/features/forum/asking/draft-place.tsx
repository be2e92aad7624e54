import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Notice } from '../../../ui/notice.tsx'

/** Where unsent words are at this moment. */
export function DraftPlace({ onServer, className }: { onServer: boolean; className: string | undefined }) {
  const { t } = useTranslation()
  return <p className={className}>{t(onServer ? 'asking.keptOnServer' : 'asking.keptOnDevice')}</p>
}

type Choice = { disabled: boolean; onTake: () => void; onKeep: () => void }

/** Two devices, two texts: the person says which one goes on. */
export function DraftElsewhere({ disabled, onTake, onKeep }: Choice) {
  const { t } = useTranslation()
  return (
    <Notice tone="info">
      <p>{t('asking.elsewhere')}</p>
      <div>
        <Button variant="subtle" size="compact-sm" disabled={disabled} onClick={onTake}>
          {t('asking.takeElsewhere')}
        </Button>
        <Button variant="subtle" size="compact-sm" disabled={disabled} onClick={onKeep}>
          {t('asking.keepMine')}
        </Button>
      </div>
    </Notice>
  )
}
