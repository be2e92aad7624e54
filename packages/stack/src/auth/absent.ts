import type { AuthSettings } from '../project.ts'

/** What config.toml switches on and Auth does not have here, by the names it has there. */
export function absentSettings({
  external,
  web3,
  sms,
  passkey,
  captcha,
  oauth_server,
}: AuthSettings): string[] {
  const named = (section: string, providers: Record<string, { enabled: boolean }>) =>
    Object.entries(providers).flatMap(([name, { enabled }]) => (enabled ? [`${section}.${name}`] : []))
  return [
    ...named('auth.external', external),
    ...named('auth.web3', web3),
    ...(sms.enable_signup ? ['auth.sms'] : []),
    ...named('auth', { passkey, captcha, oauth_server }),
  ]
}
