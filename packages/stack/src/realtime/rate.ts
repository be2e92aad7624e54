const bucketMs = 5_000
const buckets = 12

/**
 * How often something happens a second, on average over the last minute and as hosted counts it: in spans of five
 * seconds, of which only whole ones count. A burst is therefore forgiven, and what goes on is noticed within seconds.
 */
export class Rate {
  readonly #most: number
  readonly #now: () => number
  #counts = [0]
  #count = 0
  #ends: number

  /** `most`: the average from which on it is too often. */
  constructor(most: number, now = () => performance.now()) {
    this.#most = most
    this.#now = now
    this.#ends = now() + bucketMs
  }

  add(times = 1): void {
    this.#turn()
    this.#count += times
  }

  get average(): number {
    this.#turn()
    const sum = this.#counts.reduce((all, count) => all + count, 0)
    return sum / this.#counts.length / (bucketMs / 1000)
  }

  get exceeded(): boolean {
    return this.average >= this.#most
  }

  #turn(): void {
    const late = this.#now() - this.#ends
    if (late < 0) return
    const empty = Math.min(Math.floor(late / bucketMs), buckets)
    this.#counts = [...Array<number>(empty).fill(0), this.#count, ...this.#counts].slice(0, buckets)
    this.#count = 0
    this.#ends += (Math.floor(late / bucketMs) + 1) * bucketMs
  }
}
