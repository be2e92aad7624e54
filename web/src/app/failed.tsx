import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../ui/error-state.tsx'

/** What stands in place of a page that could not be shown. The rest of the app goes on. */
export function Failed({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  const router = useRouter()
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return (
    <main id="main" tabIndex={-1}>
      <title>{`${t('app.failed')} · P2P Sandbox`}</title>
      <ErrorState title={t('app.failed')} level={1} error={error} onRetry={retry} />
    </main>
  )
}
