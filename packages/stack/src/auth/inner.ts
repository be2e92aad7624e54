import { App } from '@supabase/lite'
import { PostgresConnection } from '@supabase/lite/postgres'
import type { Config } from '../config.ts'
import { writtenJson } from '../data/json.ts'
import type { Project } from '../project.ts'
import type { Mailer } from './mailer.ts'
import { findByEmail, type Queryable } from './people.ts'

type InnerMailer = NonNullable<App['_mailer']>

/**
 * The Auth of @supabase/lite, as role `supabase_auth_admin`: sessions, tokens, verification, the signed-in person.
 * What of it differs from hosted Auth in ways that matter is answered before it is asked (see api.ts).
 */
export async function innerAuth(config: Config, { auth }: Project, mailer: Mailer, db: Queryable) {
  const connection = new PostgresConnection({
    url: config.databaseAs('supabase_auth_admin'),
    postgresOptions: {
      max: 5,
      onnotice: () => {},
      types: writtenJson,
      connection: { application_name: 'auth' },
    },
  })
  const app = new App({
    connection,
    api: { enabled: false },
    storage: { enabled: false },
    auth: {
      enabled: true,
      site_url: config.urls.site,
      additional_redirect_urls: [...auth.additional_redirect_urls, config.urls.web],
      jwt_secret: config.keys.jwtSecret,
      jwt_expiry: auth.jwt_expiry,
      enable_signup: auth.enable_signup,
      enable_refresh_token_rotation: auth.enable_refresh_token_rotation,
      minimum_password_length: auth.minimum_password_length,
      email: {
        enable_signup: true,
        enable_confirmations: auth.email.enable_confirmations,
        // It would take the old address's word for the new one. Here the new one must prove itself.
        double_confirm_changes: false,
        otp_length: auth.email.otp_length,
        otp_expiry: auth.email.otp_expiry,
      },
    },
    options: { server: { admin: false, apiKeys: false, disableStudio: true } },
  })
  app._mailer = innerMailer(mailer, db)
  await app.init()
  return {
    fetch: (request: Request) => app.fetch(request),
    close: () => connection.driver.end({ timeout: 1 }),
  }
}

/** The mails it still sends itself: a change of address, and a code to confirm who one is. */
function innerMailer(mailer: Mailer, db: Queryable): InnerMailer {
  const dataOf = async (email: string) => (await findByEmail(db, email))?.data ?? {}
  const elsewhere = async () => {
    throw new Error('This mail is sent by the stack itself.')
  }
  return {
    sendConfirmation: elsewhere,
    sendRecovery: elsewhere,
    sendMagicLink: elsewhere,
    async sendEmailChange(to, tokenHash, token, meta) {
      const currentEmail = meta?.currentEmail ?? to
      const data = await dataOf(currentEmail)
      await mailer.send({ kind: 'email_change', to, currentEmail, token, tokenHash, data })
    },
    async sendReauthentication(to, token) {
      await mailer.send({ kind: 'reauthentication', to, token, tokenHash: '', data: await dataOf(to) })
    },
  }
}
