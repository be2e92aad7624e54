import { Refused } from './fault.ts'

/** In which form an answer goes out. */
export type Media =
  | { kind: 'array' | 'object'; stripped: boolean; type: string }
  | { kind: 'csv'; type: string }
  /** The one value of a function whose type is named after a media type. */
  | { kind: 'value'; type: string }

const utf8 = new Set(['text/plain', 'text/xml', 'text/csv', 'application/json', 'application/geo+json'])
const charset = (type: string) => (utf8.has(type) ? `${type}; charset=utf-8` : type)

/** The first of those that are asked for that there is; `own` is what a function gives of itself. */
export function chooseMedia(accept: string | undefined, own: string | null): Media {
  const wanted = readAccept(accept ?? '*/*')
  for (const { type, stripped } of wanted) {
    const found = offered(type, stripped, own)
    if (found) return found
  }
  const list = wanted.map(({ text }) => text).join(', ')
  throw new Refused(406, 'PGRST107', `None of these media types are available: ${list}`)
}

function offered(type: string, stripped: boolean, own: string | null): Media | undefined {
  const isAny = type === '*/*' || type === 'application/*'
  if (own !== null && (own === type || type === '*/*' || (own === '*/*' && type !== 'application/json'))) {
    return { kind: 'value', type: own === '*/*' ? 'application/octet-stream' : charset(own) }
  }
  if (isAny || type === 'application/json')
    return { kind: 'array', stripped: false, type: charset('application/json') }
  const suffix = stripped ? ';nulls=stripped; charset=utf-8' : '; charset=utf-8'
  if (/^application\/vnd\.pgrst\.object(\+json)?$/.test(type)) {
    return { kind: 'object', stripped, type: `application/vnd.pgrst.object+json${suffix}` }
  }
  if (/^application\/vnd\.pgrst\.array(\+json)?$/.test(type)) {
    const named = stripped ? `application/vnd.pgrst.array+json${suffix}` : charset('application/json')
    return { kind: 'array', stripped, type: named }
  }
  return type === 'text/csv' ? { kind: 'csv', type: charset('text/csv') } : undefined
}

type Wanted = { type: string; text: string; stripped: boolean; weight: number }

function readAccept(header: string): Wanted[] {
  const all = header.split(',').map((part): Wanted => {
    const [type = '', ...parameters] = part.split(';').map((each) => each.trim())
    const weight = parameters.find((each) => /^q=/i.test(each))?.slice(2)
    const stripped = parameters.some((each) => /^nulls\s*=\s*stripped$/i.test(each))
    return {
      type: type.toLowerCase(),
      text: nameOf(type.toLowerCase()),
      stripped,
      weight: Number(weight ?? 1),
    }
  })
  return all.filter(({ type }) => type !== '').sort((one, other) => other.weight - one.weight)
}

/** A plan is named with what it would be of. */
const nameOf = (type: string) => {
  const format = /^application\/vnd\.pgrst\.plan(?:\+(json|text))?$/.exec(type)
  return format ? `application/vnd.pgrst.plan+${format[1] ?? 'text'}; for="application/json"` : type
}
