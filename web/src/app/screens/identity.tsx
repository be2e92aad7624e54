import { getRouteApi, useLocation } from '@tanstack/react-router'
import { CheckMailPage } from '../../features/identity/check-mail-page.tsx'
import { ResetPasswordPage } from '../../features/identity/reset-password-page.tsx'
import { SecondFactorPage } from '../../features/identity/second-factor-page.tsx'
import { SignInPage } from '../../features/identity/sign-in-page.tsx'
import { SpentLink } from '../../features/identity/spent-link.tsx'
import { VerifyPage } from '../../features/identity/verify-page.tsx'

export { ForgotPasswordPage as ForgotPasswordScreen } from '../../features/identity/forgot-password-page.tsx'
export { SecurityPage as SecurityScreen } from '../../features/identity/security-page.tsx'
export { SignUpPage as SignUpScreen } from '../../features/identity/sign-up-page.tsx'

const signIn = getRouteApi('/visitor/stranger/sign-in')
const secondFactor = getRouteApi('/visitor/second-factor')
const verify = getRouteApi('/visitor/verify')

export function SignInScreen() {
  const { next } = signIn.useSearch()
  return <SignInPage next={next} />
}

export function CheckMailScreen() {
  const email = useLocation({ select: (location) => location.state.email })
  return <CheckMailPage email={email ?? null} />
}

export function VerifyScreen() {
  const { token_hash: tokenHash, type } = verify.useSearch()
  if (!tokenHash || !type) return <SpentLink type={type} />
  if (type === 'recovery') return <ResetPasswordPage tokenHash={tokenHash} />
  return <VerifyPage tokenHash={tokenHash} type={type} />
}

export function SecondFactorScreen() {
  const { next } = secondFactor.useSearch()
  return <SecondFactorPage next={next} />
}
