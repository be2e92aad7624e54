import { Fault } from '../fault.ts'
import type { Join } from '../join.ts'
import type { Json } from '../protocol.ts'
import type { Identity } from '../token.ts'
import type { Line, Voice } from '../voice.ts'
import type { Changes } from './changes.ts'
import type { News } from './news.ts'
import type { Listener, Outcome, Watch } from './watch.ts'

/** Whoever hears that a channel is joined may write at once: the answer waits this long for the subscription. */
const holdMs = 1_000

type Place = { topic: string; join: Join; line: Line; voice: Voice }

/** The changes of tables that one channel follows. */
export class Followed implements Listener {
  readonly #place: Place
  readonly #watch: Watch | undefined
  #first: Promise<Outcome | undefined> = Promise.resolve(undefined)

  constructor(changes: Changes, place: Place) {
    this.#place = place
    const { join, topic } = place
    const asked = join.legacy ? [tableOf(topic)] : join.postgresChanges
    if (asked.length > 0) this.#watch = changes.watch(asked, this)
  }

  /** What the client asked for, with the numbers that changes will name. */
  get numbered(): Json[] {
    return this.#watch?.numbered ?? []
  }

  /** Before the join is answered. Throws a Fault where the client would not be joined without its subscription. */
  async begin({ claims }: Identity): Promise<void> {
    if (!this.#watch) return
    this.#first = this.#watch.subscribe(claims)
    const { waitMs } = this.#place.join
    const outcome = await within(waitMs ?? holdMs, this.#first)
    if (waitMs === undefined) return
    if (outcome === 'late') {
      throw new Fault(
        'PostgresChangesSubscribeTimeout',
        `Timed out after ${waitMs}ms waiting for the postgres_changes subscription`,
      )
    }
    if (outcome?.status === 'error') throw new Fault('RealtimeDisabledForConfiguration', outcome.message)
  }

  /** After the join is answered: tells how it went, as soon as that is known. */
  async report(): Promise<void> {
    const outcome = await this.#first
    if (outcome) this.told(outcome)
  }

  /** Another token: other rights. */
  renew({ claims }: Identity): void {
    void this.#watch?.subscribeAgain(claims)
  }

  stop(): void {
    this.#watch?.stop()
  }

  tell(news: News, ids: number[]): void {
    const { join, line, topic, voice } = this.#place
    voice.pass(news.frame(line.version, topic, join.legacy ? undefined : ids))
  }

  told({ status, message }: Outcome): void {
    if (!this.#watch?.isOver) this.#place.voice.system('postgres_changes', status, message)
  }
}

/** Clients that send no configuration say in the name of the topic what they want: `realtime:schema:table:filter`. */
function tableOf(topic: string): Json {
  const [, schema, table, ...filter] = topic.split(':')
  return {
    schema,
    ...(table !== undefined && { table }),
    ...(filter.length > 0 && { filter: filter.join(':') }),
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((end) => {
    timer = setTimeout(() => end('late'), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
