import { getRouteApi } from '@tanstack/react-router'
import { NotYours } from '../../features/administration/not-yours.tsx'
import { CasePage } from '../../features/forum/moderation/case-page.tsx'
import { CasesPage } from '../../features/forum/moderation/cases-page.tsx'
import { HeldPage } from '../../features/forum/moderation/held-page.tsx'
import { RulesPage } from '../../features/forum/moderation/rules-page.tsx'
import { WordsPage } from '../../features/forum/moderation/words-page.tsx'
import { useMe } from '../../lib/me.ts'

export { StandingPage as StandingScreen } from '../../features/forum/moderation/standing-page.tsx'

const cases = getRouteApi('/member/moderation/moderation')
const one = getRouteApi('/member/moderation/moderation/cases/$case')
const held = getRouteApi('/member/moderation/moderation/held/$post')

export function CasesScreen() {
  const { state = 'open' } = cases.useSearch()
  const navigate = cases.useNavigate()
  return <CasesPage state={state} onState={(state) => void navigate({ search: { state }, replace: true })} />
}

export function CaseScreen() {
  const { case: id } = one.useParams()
  return <CasePage key={id} id={id} />
}

export function HeldScreen() {
  const { post: id } = held.useParams()
  return <HeldPage key={id} id={id} />
}

export function WordsScreen() {
  return useMe().platform_role === 'admin' ? <WordsPage /> : <NotYours whose="platform" />
}

export function RulesScreen() {
  return useMe().platform_role === 'admin' ? <RulesPage /> : <NotYours whose="platform" />
}
