import { LegalKind } from '@p2p/contracts'
import { getRouteApi } from '@tanstack/react-router'
import { LegalPage } from '../../features/privacy/legal-page.tsx'
import { NotFound } from '../not-found.tsx'

export { PrivacyPage as PrivacyScreen } from '../../features/privacy/privacy-page.tsx'

const legal = getRouteApi('/visitor/legal/$document')

export function LegalScreen() {
  const { document } = legal.useParams()
  const { version } = legal.useSearch()
  const kind = LegalKind.safeParse(document)
  return kind.success ? (
    <LegalPage key={kind.data} kind={kind.data} version={version ?? null} />
  ) : (
    <NotFound />
  )
}
