import { isIP } from 'node:net'

/** Where a link may lead after Auth is done with it. */
export type Redirects = {
  /** The address a request asks for, by `redirect_to` or as the page it comes from, if it is allowed; else the site. */
  of: (request: Request) => string
  allows: (address: string) => boolean
}

/** `site` and whatever one of the patterns (config.toml's additional_redirect_urls) matches. */
export function redirectsTo(site: string, patterns: string[]): Redirects {
  const home = new URL(site)
  const matchers = patterns.map(matcher)
  const allows = (address: string) => {
    const url = readAddress(address)
    if (!url) return false
    const isSite = url.protocol === home.protocol && url.hostname === home.hostname
    if (isSite && (url.port === home.port || isLoopback(url.hostname))) return true
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host)) return isLoopback(host)
    if (/^https?:$/.test(url.protocol) && !plainHost.test(host)) return false
    const [target = ''] = address.split('#', 1)
    return matchers.some((matches) => matches.test(target))
  }
  return {
    allows,
    of: ({ url, headers }) => {
      const asked = headers.get('redirect_to') || new URL(url).searchParams.get('redirect_to') || ''
      if (allows(asked)) return asked
      const page = headers.get('referer') ?? ''
      return allows(page) ? page : site
    },
  }
}

const plainHost = /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/
const decimalHost = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?\d+(?:[:/?#]|$)/i

/** What browsers and we would read alike; an address that two could take for two places is none. */
function readAddress(address: string): URL | undefined {
  if (!/^[^\s\\\p{Cc}]+$/u.test(address) || decimalHost.test(address)) return undefined
  return URL.parse(address) ?? undefined
}

const isLoopback = (host: string) =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d+){3}$/.test(host)

/**
 * A pattern as Auth reads it: `*` is any text within a part, `**` any text, `?` one character, `[a-z]` and `{a,b}` a
 * choice; parts end at `.` and `/`.
 */
function matcher(pattern: string): RegExp {
  const tokens = /\\(.)|\*\*+|\*|\?|\[(!?)((?:\\.|[^\]\\])+)\]|[{},]|[^\\]/gsu
  let depth = 0
  const source = pattern.replace(tokens, (token, escaped?: string, not?: string, set?: string) => {
    if (escaped !== undefined) return literal(escaped)
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\^[\]]/g, '\\$&')}]`
    if (token.startsWith('**')) return '.*'
    if (token === '*') return '[^./]*'
    if (token === '?') return '[^./]'
    if (token === '{') {
      depth += 1
      return '(?:'
    }
    if (depth > 0 && token === '}') {
      depth -= 1
      return ')'
    }
    return depth > 0 && token === ',' ? '|' : literal(token)
  })
  return new RegExp(`^${source}${')'.repeat(depth)}$`, 'su')
}

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
