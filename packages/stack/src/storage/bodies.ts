import { isStorable } from '../gateway/storable.ts'

const withJson = /^\/storage\/v1\/(bucket(\/.*)?|object\/(list|sign|upload\/sign)\/.*|object\/(move|copy))$/
const removal = /^\/storage\/v1\/object\/[^/]+\/?$/

/** Refuses a body that is no JSON where one is asked for; @supabase/lite would take that for a failure of its own. */
export async function refuseBody(request: Request): Promise<Response | undefined> {
  const { pathname } = new URL(request.url)
  const needed =
    (request.method === 'POST' && withJson.test(pathname) && !pathname.endsWith('/empty')) ||
    (request.method === 'PUT' && pathname.startsWith('/storage/v1/bucket/')) ||
    (request.method === 'DELETE' && removal.test(pathname))
  if (!needed) return undefined
  try {
    if (isStorable(await request.clone().json())) return undefined
  } catch {
    // Said below.
  }
  return unreadable()
}

export const unreadable = () =>
  Response.json(
    { statusCode: '400', error: 'invalid_request', message: 'The body cannot be read' },
    { status: 400 },
  )
