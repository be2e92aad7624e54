import { z } from 'zod'

/*
 * Where @supabase/lite answers in words that supabase-js does not look for, the answer is reworded: links under their
 * names and from the API's root, keys with their bucket.
 */
const root = '/storage/v1'
const Signed = z.looseObject({ signedUrl: z.string() })
const Uploaded = z.looseObject({ Key: z.string() })
const Copied = z.object({ key: z.string() })
const CopyBody = z.object({ bucketId: z.string(), destinationBucket: z.string().optional() })
const ManyBody = z.object({ expiresIn: z.number().int().positive(), paths: z.array(z.string()).max(1000) })

type Ask = (request: Request) => Promise<Response>

const signOne = /^\/storage\/v1\/object\/sign\/[^/]+\/.+/
const signMany = /^\/storage\/v1\/object\/sign\/([^/]+)\/?$/
const signUpload = /^\/storage\/v1\/object\/upload\/sign\/([^/]+)\//

/** The signs hosted Storage takes in an object's name; others end up differently spelt in links. */
const key = /^[\w/!\-.*'() &$@=;:+,?]+$/
const upload = /^\/storage\/v1\/object\/(?:upload\/sign\/)?(?!list\/|sign\/|copy$|move$)[^/]+\/(.+)$/
const Moved = z.looseObject({ destinationKey: z.string() })

/** Refuses a name that hosted Storage would not take. */
async function refuseKey(request: Request, pathname: string): Promise<Response | undefined> {
  if (request.method !== 'POST' && request.method !== 'PUT') return undefined
  const names = /^\/storage\/v1\/object\/(copy|move)$/.test(pathname)
    ? Moved.parse(await request.clone().json()).destinationKey
    : upload.exec(pathname)?.[1]
  if (names === undefined || key.test(decodeURIComponent(names))) return undefined
  const body = {
    statusCode: '400',
    error: 'InvalidKey',
    message: `Invalid key: ${decodeURIComponent(names)}`,
  }
  return Response.json(body, { status: 400 })
}

/** Asks @supabase/lite and answers as hosted Storage does. */
export async function answerInWords(request: Request, ask: Ask): Promise<Response> {
  const { pathname } = new URL(request.url)
  const refused = await refuseKey(request, pathname)
  if (refused) return refused
  if (request.method === 'POST') {
    const [, bucket] = signMany.exec(pathname) ?? []
    if (bucket) return signEach(request, bucket, ask)
    if (signOne.test(pathname)) return reworded(await ask(request), signed)
    if (signUpload.test(pathname)) {
      return reworded(await ask(request), (body) => ({ url: fromRoot(Signed.parse(body).signedUrl) }))
    }
    if (pathname === `${root}/object/copy`) {
      const { bucketId, destinationBucket } = CopyBody.parse(await request.clone().json())
      const keyed = (body: unknown) => ({ Key: `${destinationBucket ?? bucketId}/${Copied.parse(body).key}` })
      return reworded(await ask(request), keyed)
    }
  }
  const [, bucket] = (request.method === 'PUT' && signUpload.exec(pathname)) || []
  if (!bucket) return ask(request)
  return reworded(await ask(request), (body) => ({ Key: `${bucket}/${Uploaded.parse(body).Key}` }))
}

const fromRoot = (link: string) => link.slice(root.length)
const signed = (body: unknown) => ({ signedURL: fromRoot(Signed.parse(body).signedUrl) })

async function reworded(response: Response, words: (body: unknown) => unknown): Promise<Response> {
  return response.ok ? Response.json(words(await response.json())) : response
}

/** Its route for one link takes the request for many. */
async function signEach(request: Request, bucket: string, ask: Ask): Promise<Response> {
  const { expiresIn, paths } = ManyBody.parse(await request.json())
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  const links = await Promise.all(
    paths.map(async (path) => {
      const url = new URL(
        `${root}/object/sign/${bucket}/${path.split('/').map(encodeURIComponent).join('/')}`,
        request.url,
      )
      const response = await ask(
        new Request(url, { method: 'POST', headers, body: JSON.stringify({ expiresIn }) }),
      )
      if (response.ok) return { error: null, path, ...signed(await response.json()) }
      return {
        error: 'Either the object does not exist or you do not have access to it',
        path,
        signedURL: null,
      }
    }),
  )
  return Response.json(links)
}
