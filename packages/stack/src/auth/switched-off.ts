import { type Context, Hono } from 'hono'
import { personOf } from './admin-list.ts'
import { AuthFault, invalid } from './fault.ts'
import type { Means } from './means.ts'
import { readWho } from './who.ts'

/* What hosted Auth can do where it is switched on, and here never is: each route refuses as it does there. */

const off = (code: string, message: string) => (): Response => {
  throw new AuthFault(404, code, message)
}
const noPasskeys = off('passkey_disabled', 'Passkeys are disabled')
const noOauthServer = off('feature_disabled', 'OAuth server is disabled')
const noSaml = off('saml_provider_disabled', 'SAML 2.0 is disabled')
const noScim = off('feature_disabled', 'SCIM server is disabled')

export function switchedOff(means: Means) {
  return new Hono()
    .all('/user/oauth/grants', async ({ req }) => {
      await readWho(means, req.raw)
      return noOauthServer()
    })
    .all('/passkeys', noPasskeys)
    .all('/passkeys/*', noPasskeys)
    .all('/oauth/*', noOauthServer)
    .get('/.well-known/oauth-authorization-server', noOauthServer)
    .all('/sso', noSaml)
    .all('/sso/*', noSaml)
    .all('/scim/v2/*', noScim)
}

const noProvider = off('sso_provider_not_found', 'SSO Identity Provider not found')
const noCustomProviders = off('feature_disabled', 'Custom OAuth providers are disabled')

/** Of the admin API. Without SAML there are no providers of single sign-on, and without passkeys none of anybody's. */
export function switchedOffAdmin(means: Means) {
  return new Hono()
    .all('/admin/oauth/*', noOauthServer)
    .all('/admin/custom-providers', noCustomProviders)
    .all('/admin/custom-providers/*', noCustomProviders)
    .get('/admin/sso/providers', () => Response.json({ items: [] }))
    .post('/admin/sso/providers', () => {
      throw invalid('SAML 2.0 is disabled')
    })
    .all('/admin/sso/providers/:id', noProvider)
    .get('/admin/users/:id/passkeys', async ({ req }) => {
      await personOf(means, req.param('id'))
      return Response.json([])
    })
    .delete('/admin/users/:id/passkeys/:passkey', async ({ req }: Context) => {
      await personOf(means, req.param('id') ?? '')
      throw new AuthFault(404, 'validation_failed', 'Passkey not found')
    })
}
