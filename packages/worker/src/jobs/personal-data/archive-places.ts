/**
 * Names places in an archive, no two of which fall together on any system (letters large or small, composed or not). A name
 * of somebody's is kept as far as every system can unpack it: it leads nowhere else, is no device and not too long.
 */
export function archivePlaces(): (wanted: string) => string {
  const taken = new Set<string>()
  return (wanted) => {
    const parts = wanted.split(/[/\\]/).map(plain)
    const name = parts.pop() ?? ''
    const { stem, extension } = /^(?<stem>.+?)(?<extension>\.[a-z0-9]{1,8})?$/iu.exec(name)?.groups ?? {}
    for (let time = 1; ; time += 1) {
      const last = `${short(stem ?? name)}${time === 1 ? '' : ` (${time})`}${extension ?? ''}`
      const place = [...parts, last].join('/')
      const key = place.normalize('NFC').toLowerCase()
      if (taken.has(key)) continue
      taken.add(key)
      return place
    }
  }
}

/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file, the strictest of them. */
const plain = (part: string): string =>
  part
    .replace(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '_')
    .replace(/^\.*$|[. ]+$/, '_')
    .replace(/^(?=(con|prn|aux|nul|com\d|lpt\d)(\.|$))/i, '_')

/** Names have up to 255 bytes; a letter takes three at most, and something follows. */
const short = (stem: string) => stem.slice(0, 75).toWellFormed()
