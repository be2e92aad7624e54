import { errors, jwtVerify } from 'jose'

const opened = /^\/storage\/v1\/object\/(upload\/)?sign\//

/** Refuses a signed link whose token does not hold; @supabase/lite would take that for a failure of its own. */
export async function refuseLink(request: Request, jwtSecret: string): Promise<Response | undefined> {
  const { pathname, searchParams } = new URL(request.url)
  if (!opened.test(pathname) || request.method === 'POST') return undefined
  try {
    await jwtVerify(searchParams.get('token') ?? '', new TextEncoder().encode(jwtSecret), {
      algorithms: ['HS256'],
    })
    return undefined
  } catch (error) {
    const message =
      error instanceof errors.JWTExpired
        ? '"exp" claim timestamp check failed'
        : 'signature verification failed'
    return Response.json({ statusCode: '400', error: 'InvalidJWT', message }, { status: 400 })
  }
}
