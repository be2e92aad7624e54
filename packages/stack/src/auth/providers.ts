import { z } from 'zod'
import { readBody, text } from './bodies.ts'
import { AuthFault, invalid } from './fault.ts'
import type { Means } from './means.ts'

/*
 * Signing in by somebody else: other sites' accounts and wallets. None is set up here, and each is refused as hosted
 * Auth refuses one that is off.
 */

/** The other sites by whose accounts people could sign in, as /settings lists them. */
export const listedProviders =
  `apple azure bitbucket discord facebook snapchat figma fly github gitlab google keycloak
  kakao linkedin linkedin_oidc notion spotify slack slack_oidc workos twitch twitter zoom`.split(/\s+/)
const providers = new Set([...listedProviders, 'x', 'vercel_marketplace'])

function whyNot(name: string): string {
  if (name.startsWith('custom:')) return 'custom OAuth providers are disabled'
  return providers.has(name) ? 'provider is not enabled' : `Provider ${name} could not be found`
}

/** GET /authorize?provider=, and of who is signed in /user/identities/authorize?provider= */
export function authorize(request: Request): Response {
  const name = new URL(request.url).searchParams.get('provider') ?? ''
  throw invalid(`Unsupported provider: ${whyNot(name.toLowerCase())}`)
}

const Uuid = z.guid()

/** GET and POST /callback: nobody was sent to a provider, so nobody comes back from one. */
export async function callback({ site }: Means, request: Request): Promise<Response> {
  const given =
    request.method === 'POST' ? new URLSearchParams(await request.text()) : new URL(request.url).searchParams
  const state = given.get('state')
  const [code, description] = !state
    ? ['bad_oauth_callback', 'OAuth state parameter missing']
    : Uuid.safeParse(state).success
      ? ['bad_oauth_state', 'OAuth state not found or expired']
      : ['bad_oauth_state', 'OAuth state parameter is invalid']
  const url = new URL(site)
  url.search = new URLSearchParams({
    error: 'invalid_request',
    error_code: code,
    error_description: description,
  }).toString()
  return new Response(null, { status: 303, headers: { location: url.href } })
}

const IdToken = z.object({ id_token: text, provider: text, issuer: text, client_id: text })

const issuers: Record<string, string> = {
  google: 'https://accounts.google.com',
  facebook: 'https://www.facebook.com',
  keycloak: '',
  kakao: 'https://kauth.kakao.com',
  vercel_marketplace: 'https://marketplace.vercel.com',
  snapchat: 'https://accounts.snapchat.com/accounts/oauth2/token',
}

/** Of these the token itself says which of their servers made it. */
const detected: Record<string, { name: string; issuer: RegExp; article: string }> = {
  apple: { name: 'Apple', issuer: /^https:\/\/(appleid|account)\.apple\.com$/, article: 'an' },
  azure: {
    name: 'Azure',
    issuer: /^https:\/\/(login\.microsoftonline\.com|sts\.windows\.net)\//,
    article: 'an',
  },
}

/** POST /token?grant_type=id_token */
export async function idTokenGrant(request: Request): Promise<Response> {
  const { id_token: token, provider, issuer, client_id: client } = await readBody(request, IdToken)
  if (!token) return oauthFault('id_token required')
  if (!provider && (!client || !issuer)) return oauthFault('provider or client_id and issuer required')
  if (provider.startsWith('custom:')) throw invalid('Custom OAuth providers are disabled')
  const own = detected[provider]
  if (own) {
    const made = issuerIn(token)
    if (!made) throw invalid(`Unable to detect issuer in ID token for ${own.name} provider`)
    if (!own.issuer.test(made))
      throw invalid(`Detected ID token issuer is not ${own.article} ${own.name} ID token issuer`)
    throw notEnabled(made)
  }
  const known = issuers[provider] ?? Object.values(issuers).find((other) => other !== '' && other === issuer)
  if (known === undefined) throw invalid(`Custom OIDC provider "${provider}" not allowed`)
  throw notEnabled(known)
}

const notEnabled = (issuer: string) =>
  new AuthFault(400, 'provider_disabled', `Provider (issuer "${issuer}") is not enabled`)

const oauthFault = (description: string) =>
  Response.json({ error: 'invalid request', error_description: description }, { status: 400 })

const Payload = z.object({ iss: z.string() })

function issuerIn(token: string): string | undefined {
  try {
    return Payload.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).iss
  } catch {
    return undefined
  }
}

/** POST /token?grant_type=web3 */
export function web3Grant(): Response {
  throw new AuthFault(422, 'web3_provider_disabled', 'Web3 provider is disabled')
}
