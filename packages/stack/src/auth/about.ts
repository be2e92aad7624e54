import type { Means } from './means.ts'
import { listedProviders } from './providers.ts'

/** GET /settings: what a sign-in form needs to know of this project. */
export function showSettings({ settings }: Means): Response {
  return Response.json({
    external: {
      anonymous_users: settings.enable_anonymous_sign_ins,
      ...Object.fromEntries(listedProviders.map((name) => [name, false])),
      email: settings.email.enable_signup,
      phone: false,
    },
    disable_signup: !settings.enable_signup,
    mailer_autoconfirm: !settings.email.enable_confirmations,
    phone_autoconfirm: false,
    sms_provider: '',
    saml_enabled: false,
    saml_private_key_next_configured: false,
    passkeys_enabled: false,
  })
}

/** GET /health */
export const showHealth = (): Response =>
  Response.json({
    version: 'v2.189.0',
    name: 'GoTrue',
    description: 'GoTrue is a user registration and authentication API',
  })
