/** The first hop that the gateway wrote down, where there is one. */
export const addressOf = (request: Request): string | null =>
  request.headers.get('x-forwarded-for')?.split(',', 1)[0]?.trim() || null

/**
 * The network a request comes from, for limits: an IPv4 address, or the /64 that one IPv6 customer has to themselves.
 * Read from the first hop that the gateway wrote down. Requests without one count as one network.
 */
export function networkOf(request: Request): string {
  const hop = addressOf(request) ?? ''
  if (hop.includes(':')) return ipv6Network(hop)
  return /^[\d.]{7,15}$/.test(hop) ? hop : 'unknown'
}

function ipv6Network(address: string): string {
  const mapped = /^::ffff:([\d.]{7,15})$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  const host = `http://[${address}]`
  if (!URL.canParse(host)) return 'unknown'
  const [front = '', back] = new URL(host).hostname.slice(1, -1).split('::')
  const head = front.split(':').filter(Boolean)
  const tail = back?.split(':').filter(Boolean) ?? []
  const gap = back === undefined ? [] : Array<string>(8 - head.length - tail.length).fill('0')
  return `${[...head, ...gap, ...tail].slice(0, 4).join(':')}::/64`
}
