/** An answer that says no, in the form and the order of PostgREST's. */
export function fault(
  status: number,
  code: string,
  message: string,
  details: string | null | object[] = null,
  hint: string | null = null,
): Response {
  const headers = { ...json, 'proxy-status': `PostgREST; error=${code}`, ...(status === 401 && who) }
  return Response.json({ code, details, hint, message }, { status, headers })
}

const who = { 'www-authenticate': 'Bearer' }
const json = { 'content-type': 'application/json; charset=utf-8' }

type Words = Parameters<typeof fault>

/** Why a request is refused, thrown wherever that shows. */
export class Refused extends Error {
  readonly words: Words
  constructor(...words: Words) {
    super(words[2])
    this.words = words
  }
  get response(): Response {
    return fault(...this.words)
  }
}
