const [quote, backslash, openList, closeList, openObject, closeObject] = Buffer.from('"\\[]{}')

/**
 * Whether JSON is nested deeper than anybody means it to be. It is read to any depth, but written by recursion: a few
 * thousand brackets from one client would otherwise exhaust the stack where they are passed on.
 */
export function isDeep(json: Buffer, most = 200): boolean {
  let depth = 0
  let inText = false
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (inText) {
      if (byte === backslash) i++
      else if (byte === quote) inText = false
    } else if (byte === quote) inText = true
    else if (byte === openList || byte === openObject) {
      if (++depth > most) return true
    } else if (byte === closeList || byte === closeObject) depth--
  }
  return false
}
