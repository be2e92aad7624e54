/*
 * Erlang's `phash2`, by which hosted Realtime numbers the subscriptions of a channel: the hash of what the client asked
 * for. Bob Jenkins's mixing of three words; a constant a kind of term keeps 1 and "1" apart.
 */
const golden = 0x9e3779b9
const kind = (n: number) => Math.imul(golden, n) >>> 0

/** How Erlang hashes the names of these three. */
const atoms = new Map<unknown, number>([
  [true, 506293],
  [false, 7111573],
  [null, 29948],
])
const emptyList = 3468870702

/** The hash of a JSON value, from 0 to 2^27 - 1. Whole numbers are taken for integers, `1.0` too. */
export const phash2 = (value: unknown): number => hashed(value, 0) & 0x7ffffff

function hashed(value: unknown, hash: number): number {
  if (typeof value === 'string') return ofBytes(Buffer.from(value), (kind(13) + hash) >>> 0)
  if (typeof value === 'number') return ofNumber(value, hash)
  if (Array.isArray(value)) return ofList(value, hash)
  if (typeof value === 'object' && value !== null) return ofMap(Object.entries(value), hash)
  const atom = atoms.get(value) ?? 0
  return hash === 0 ? atom : mixIn(hash, atom, 0, kind(3))
}

const mixIn = (hash: number, one: number, other: number, constant: number) =>
  mixed([(constant + one) >>> 0, (constant + other) >>> 0, hash])[2]

type Words = [number, number, number]

const rounds = [
  [13, 8, 13],
  [12, 16, 5],
  [3, 10, 15],
] as const

function mixed([a, b, c]: Words): Words {
  for (const [right, left, last] of rounds) {
    a = ((a - b - c) ^ (c >>> right)) >>> 0
    b = ((b - c - a) ^ (a << left)) >>> 0
    c = ((c - a - b) ^ (b >>> last)) >>> 0
  }
  return [a, b, c]
}

function ofBytes(bytes: Buffer, start: number): number {
  if (bytes.length === 0) return start
  const whole = bytes.length - (bytes.length % 12)
  let words: Words = [golden, golden, start]
  for (let at = 0; at < whole; at += 12) words = mixed(plus(words, bytes.subarray(at, at + 12)))
  const last = Buffer.alloc(12)
  last.set(bytes.subarray(whole, whole + 8))
  // The lowest byte of the third word is the length's.
  last.set(bytes.subarray(whole + 8), 9)
  const [a, b, c] = plus(words, last)
  return mixed([a, b, (c + bytes.length) >>> 0])[2]
}

const plus = ([a, b, c]: Words, bytes: Buffer): Words => [
  (a + bytes.readUInt32LE(0)) >>> 0,
  (b + bytes.readUInt32LE(4)) >>> 0,
  (c + bytes.readUInt32LE(8)) >>> 0,
]

function ofNumber(value: number, hash: number): number {
  if (!Number.isInteger(value)) {
    const double = Buffer.alloc(8)
    double.writeDoubleBE(value)
    return mixIn(hash, double.readUInt32BE(0), double.readUInt32BE(4), kind(12))
  }
  const size = Math.abs(value)
  if (value >= -(2 ** 27) && value < 2 ** 27) {
    const once = value < 0 ? mixIn(hash, size, 0, golden) : hash
    return mixIn(once, value >>> 0, 0, golden)
  }
  return mixIn(hash, size % 2 ** 32, Math.floor(size / 2 ** 32), kind(value < 0 ? 10 : 11))
}

/** Bytes that follow each other are taken four at a time, as in a text. */
function ofList(list: unknown[], start: number): number {
  let hash = start
  let word = 0
  let taken = 0
  const flush = () => {
    if (taken > 0) hash = mixIn(hash, word, 0, kind(4))
    word = 0
    taken = 0
  }
  for (const item of list) {
    if (isByte(item)) {
      word = ((word << 8) + item) >>> 0
      taken += 1
      if (taken === 4) flush()
    } else {
      flush()
      hash = hashed(item, hash)
    }
  }
  flush()
  return hash === 0 ? emptyList : mixIn(hash, 2, 0, kind(2))
}

const isByte = (item: unknown): item is number =>
  typeof item === 'number' && Number.isInteger(item) && item >= 0 && item < 256

/** In whatever order the entries come. */
function ofMap(entries: [string, unknown][], start: number): number {
  const sized = mixIn(start, entries.length, 0, kind(16))
  if (entries.length === 0) return sized
  let all = 0
  for (const [name, value] of entries) all ^= hashed(value, hashed(name, 0))
  return mixIn(sized, all >>> 0, 0, kind(19))
}
