import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useLocation, useNavigate } from '@tanstack/react-router'
import { enter, useSignIn, useSignOut } from '../../features/identity/actions.ts'
import { NewPasswordField } from '../../features/identity/new-password-field.tsx'
import { meQuery } from '../../features/identity/queries.ts'
import { InvitationPage, type NewAccount } from '../../features/invitations/invitation-page.tsx'
import { InvitationsPage } from '../../features/invitations/invitations-page.tsx'
import { JoinPage } from '../../features/invitations/join-page.tsx'
import { urls } from '../urls.ts'

const invitations = getRouteApi('/member/company/company/invitations')
const invitation = getRouteApi('/visitor/invitation')

export function InvitationsScreen() {
  const filter = invitations.useSearch()
  const navigate = useNavigate()
  return (
    <InvitationsPage
      filter={filter}
      onFilter={(search) =>
        void navigate({ to: urls.invitations, search, replace: true, resetScroll: false })
      }
    />
  )
}

export function InvitationScreen() {
  const { token } = invitation.useSearch()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const { data: me } = useQuery(meQuery)
  const signIn = useSignIn()
  const signOut = useSignOut()

  const comeIn = async (account: NewAccount) => {
    const came = await signIn.mutateAsync({ ...account, remember: false }).then(
      () => true,
      () => false,
    )
    // The account is made, whatever keeps them from coming in at this moment.
    await navigate({ to: came ? urls.forum : urls.signIn, replace: true })
  }

  return (
    <InvitationPage
      token={token}
      me={me ?? null}
      passwordField={NewPasswordField}
      onAccount={comeIn}
      onJoined={async () => {
        await enter(queryClient)
        await navigate({ to: urls.forum, replace: true })
      }}
      onSignOut={() => signOut.mutate()}
    />
  )
}

export function JoinScreen() {
  const asker = useLocation({ select: (location) => location.state.asker })
  return <JoinPage asker={asker ?? null} />
}
