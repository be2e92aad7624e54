import type { Identified } from './caller.ts'

type Refused = Exclude<Identified, { kind: 'caller' }>

const keyRefusals = {
  no_key: {
    message: 'No API key found in request',
    hint: 'No `apikey` request header or url param was found.',
    code: 'UNAUTHORIZED_MISSING_API_KEY',
  },
  bad_key: {
    message: 'Invalid API key',
    hint: 'Double check your Supabase `apikey`',
    code: 'UNAUTHORIZED_INVALID_API_KEY',
  },
  secret_in_browser: {
    message: 'Forbidden use of secret API key in browser',
    hint: 'Secret API keys can only be used in a protected environment and should never be used in a browser.',
    code: 'UNAUTHORIZED_INVALID_API_KEY_TYPE',
  },
}

/** What hosted answers where key or token do not hold; a token's refusal is worded by the service it was meant for. */
export function refuseCaller(refused: Refused, service: 'rest' | 'auth' | 'storage'): Response {
  if (refused.kind !== 'bad_token') {
    const { code, ...body } = keyRefusals[refused.kind]
    return Response.json(body, { status: 401, headers: { 'sb-error-code': code } })
  }
  if (service === 'storage') {
    const body = { statusCode: '403', error: 'Unauthorized', message: refused.message }
    return Response.json(body, { status: 400 })
  }
  const code = refused.expired ? 'PGRST303' : 'PGRST301'
  return refuseRest(401, code, refused.message, {
    'www-authenticate': `Bearer error="invalid_token", error_description="${refused.message}"`,
  })
}

/** As the Data API words it. */
export const refuseRest = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
) => Response.json({ code, message, details: null, hint: null }, { status, headers })

export const notFound = () =>
  Response.json({ message: 'no Route matched with those values' }, { status: 404 })

export const failed = (status: number, message: string) =>
  Response.json({ code: status, message }, { status })

export const tooLarge = (most: number) => failed(413, `The body is larger than ${most} bytes.`)
