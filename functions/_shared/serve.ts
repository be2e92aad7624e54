import type { ErrorBody } from '@p2p/contracts'
import { corsHeaders } from './cors.ts'
import { createLog, type Log } from './log.ts'
import { Refusal } from './refusal.ts'

export type Call = {
  /** From the caller where it looks like one, else new; goes on to the Data API, Auth and the jobs. */
  requestId: string
  log: Log
}

type Method = 'GET' | 'POST' | 'GET, POST'

type Work = (request: Request, call: Call) => Promise<Response>

/** What all functions share: preflight, method, request id, refusals as JSON, a log line, headers. */
export const serve =
  (name: string, method: Method, work: Work) =>
  async (request: Request): Promise<Response> => {
    const started = performance.now()
    const requestId = readRequestId(request)
    const log = createLog({ function: name, request_id: requestId })
    const headers = {
      'x-request-id': requestId,
      'Cache-Control': 'no-store',
      ...corsHeaders,
      ...methods(method),
    }
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers })

    const answer = await answerTo(request, method, work, { requestId, log })
    for (const [header, value] of Object.entries(headers)) answer.headers.set(header, value)
    log('info', 'answered', { status: answer.status, ms: Math.round(performance.now() - started) })
    return request.method === 'HEAD' ? new Response(null, answer) : answer
  }

const methods = (method: string) => ({ 'Access-Control-Allow-Methods': `${allowed(method)}, OPTIONS` })
const allowed = (method: string) => method.replace('GET', 'GET, HEAD')

async function answerTo(request: Request, method: string, work: Work, call: Call): Promise<Response> {
  try {
    if (!allowed(method).split(', ').includes(request.method)) {
      throw new Refusal(405, 'method_not_allowed', `Use ${method}.`, { headers: { Allow: allowed(method) } })
    }
    return await work(request, call)
  } catch (error) {
    if (error instanceof Refusal) return refuse(error, call)
    call.log('error', 'failed', {
      err: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    return refuse(new Refusal(500, 'internal', 'Something went wrong on our side.'), call)
  }
}

function refuse({ status, code, message, more }: Refusal, { requestId, log }: Call): Response {
  log(status >= 500 ? 'error' : 'info', 'refused', { status, code, fields: more.fields })
  const body: ErrorBody = {
    code,
    message,
    ...(more.fields && { fields: more.fields }),
    request_id: requestId,
  }
  return Response.json(body, { status, ...(more.headers && { headers: more.headers }) })
}

function readRequestId(request: Request): string {
  const given = request.headers.get('x-request-id') ?? ''
  return /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : crypto.randomUUID()
}
