import { Button, type PasswordInput, Text } from '@mantine/core'
import type { Me, OpenedInvitation } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ComponentProps, ComponentType, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { refusalOf, useSentence } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { fullName } from '../../ui/person.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { AcceptForm } from './accept-form.tsx'
import { useJoinByInvitation } from './actions.ts'
import styles from './invitation-page.module.css'
import { invitationQuery } from './queries.ts'

export type NewAccount = { email: string; password: string }

/** What belongs to signing in, which this feature only knows to be there. */
type Ways = {
  me: Me | null
  passwordField: ComponentType<ComponentProps<typeof PasswordInput> & { value: string }>
  /** After an account was made: comes in with it. */
  onAccount: (account: NewAccount) => Promise<void>
  /** After the company has changed: looks again who one is, and goes in. */
  onJoined: () => Promise<void>
  onSignOut: () => void
}

/** Where the mail's link leads. The token alone says who is meant; each way it can fail has its own answer. */
export function InvitationPage({ token, ...ways }: Ways & { token: string | undefined }) {
  const { t } = useTranslation()
  const opened = useQuery({ ...invitationQuery(token ?? ''), enabled: Boolean(token) })

  if (!token || refusalOf(opened.error)?.code === 'invitation_unknown') {
    return <Closed title={t('invitations.unknownTitle')}>{t('errors.invitation_unknown')}</Closed>
  }
  if (opened.error && !opened.data) {
    return (
      <ErrorState
        title={t('invitations.openFailed')}
        level={1}
        error={opened.error}
        onRetry={() => void opened.refetch()}
      />
    )
  }
  if (!opened.data) {
    return (
      <FormPage title={t('invitations.opening')}>
        <div role="status" aria-label={t('ui.loading')}>
          <Skeleton width="70%" />
        </div>
      </FormPage>
    )
  }
  if (opened.data.fault) return <ClosedInvitation invitation={opened.data} />
  return <OpenInvitation invitation={opened.data} token={token} {...ways} />
}

function Closed({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <FormPage title={title} footer={<Link to={urls.signIn}>{t('invitations.haveAccount')}</Link>}>
      <Text>{children}</Text>
    </FormPage>
  )
}

const titles = {
  invitation_used: 'usedTitle',
  invitation_expired: 'expiredTitle',
  invitation_revoked: 'revokedTitle',
  invitation_replaced: 'replacedTitle',
  organization_suspended: 'suspendedTitle',
} as const
const isTitled = (code: string): code is keyof typeof titles => code in titles

function ClosedInvitation({ invitation }: { invitation: OpenedInvitation }) {
  const { t } = useTranslation()
  const { fault, organization, inviter } = invitation
  const code = fault && isTitled(fault) ? fault : 'invitation_used'
  const whom = inviter ? fullName(inviter) : t('invitations.itsAdmin')
  return (
    <Closed title={t(`invitations.${titles[code]}`)}>
      {t(`invitations.closed.${code}`, { organization, whom })}
    </Closed>
  )
}

type OpenProps = Ways & { invitation: OpenedInvitation; token: string }

function OpenInvitation({ invitation, token, me, ...ways }: OpenProps) {
  const { t } = useTranslation()
  const { organization, inviter, email, role, message, has_account: hasAccount } = invitation
  const next = `${urls.invitation}?token=${token}`
  return (
    <FormPage
      title={t('invitations.joinTitle', { organization })}
      lead={t(inviter ? 'invitations.joinLeadBy' : 'invitations.joinLead', {
        name: inviter ? fullName(inviter) : '',
        role: t(`invitations.roles.${role}`),
      })}
    >
      {message && (
        <blockquote className={styles.message} dir="auto">
          {message}
        </blockquote>
      )}
      {me ? (
        <SignedIn me={me} invitation={invitation} token={token} {...ways} />
      ) : hasAccount ? (
        <>
          <Notice tone="info" title={t('invitations.hasAccountTitle')}>
            {t('invitations.hasAccountHelp', { email })}
          </Notice>
          <LinkButton to={urls.signIn} search={{ next }}>
            {t('invitations.signInToAccept')}
          </LinkButton>
        </>
      ) : (
        <AcceptForm
          invitation={invitation}
          token={token}
          passwordField={ways.passwordField}
          onAccount={ways.onAccount}
        />
      )}
    </FormPage>
  )
}

type SignedInProps = Pick<Ways, 'onJoined' | 'onSignOut'> & {
  me: Me
  invitation: OpenedInvitation
  token: string
}

/** Who is in already joins as they are, or is told why not. */
function SignedIn({ me, invitation: { email, organization }, token, onJoined, onSignOut }: SignedInProps) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const join = useJoinByInvitation()
  if (me.email !== email) {
    return (
      <>
        <Notice tone="info" title={t('invitations.forAnotherTitle')}>
          {t('invitations.forAnotherHelp', { email, mine: me.email })}
        </Notice>
        <Button onClick={onSignOut}>{t('invitations.signOut')}</Button>
      </>
    )
  }
  if (me.organization) {
    return (
      <>
        <Notice tone="info" title={t('invitations.elsewhereTitle', { name: me.organization.name })}>
          {t('invitations.elsewhereHelp')}
        </Notice>
        <LinkButton to={urls.members} variant="default">
          {t('invitations.toMembers')}
        </LinkButton>
      </>
    )
  }
  return (
    <>
      {join.error && <Notice tone="danger">{sentence(join.error)}</Notice>}
      <Button
        loading={join.isPending}
        onClick={() => join.mutate(token, { onSuccess: () => void onJoined() })}
      >
        {t('invitations.join', { organization })}
      </Button>
    </>
  )
}
