import { type Asked, isReading } from './asked.ts'
import type { Run } from './database.ts'
import { Refused } from './fault.ts'
import { openApi } from './openapi.ts'
import { describeSchema } from './openapi-tables.ts'

const offered = /^(\*\/\*|application\/(\*|json|openapi\+json))$/i

/** What is at the root: the document of what there is. On hosted, for the secret key alone. */
export async function describeRoot(
  { method, call, headers, schema }: Asked,
  within: (work: (run: Run) => Promise<Response>) => Promise<Response>,
): Promise<Response> {
  if (method === 'OPTIONS') return new Response(null, { headers: { allow: 'OPTIONS,GET,HEAD' } })
  if (!isReading(method)) throw new Refused(405, 'PGRST117', `Unsupported HTTP method: ${method}`)
  if (!call.caller.isSecret)
    return Response.json({ message: 'You cannot consume this service' }, { status: 403 })
  const accept = headers.get('accept') ?? '*/*'
  if (!accept.split(',').some((type) => offered.test(type.split(';', 1)[0]?.trim() ?? ''))) {
    throw new Refused(406, 'PGRST107', `None of these media types are available: ${accept}`)
  }
  return within(async (run) => {
    const document = openApi(await describeSchema(run, schema), headers.get('host') ?? 'localhost')
    return new Response(method === 'HEAD' ? null : JSON.stringify(document), {
      headers: { 'content-type': 'application/openapi+json; charset=utf-8', 'content-profile': schema },
    })
  })
}
