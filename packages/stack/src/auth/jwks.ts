import type { Means } from './means.ts'

const kept = { 'cache-control': 'public, max-age=600' }

/** GET /.well-known/jwks.json: what anybody needs to check this project's tokens. The secret is not among it. */
export const publishedKeys = ({ keys }: Means): Response =>
  Response.json({ keys: keys.jwks.keys.filter(({ kty }) => kty !== 'oct') }, { headers: kept })

const claims =
  'sub aud iss exp iat auth_time nonce email email_verified phone_number phone_number_verified name picture preferred_username updated_at'

/** GET /.well-known/openid-configuration */
export function openidConfiguration({ url, settings }: Means): Response {
  const issuer = settings.jwt_issuer || url
  const at = issuer.replace(/\/+$/, '')
  return Response.json(
    {
      issuer,
      authorization_endpoint: `${at}/oauth/authorize`,
      token_endpoint: `${at}/oauth/token`,
      jwks_uri: `${at}/.well-known/jwks.json`,
      userinfo_endpoint: `${at}/oauth/userinfo`,
      scopes_supported: ['openid', 'profile', 'email', 'phone', 'offline_access'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      claims_supported: claims.split(' '),
      code_challenge_methods_supported: ['S256', 'plain'],
    },
    { headers: kept },
  )
}
