import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { Log } from '../log.ts'

/** Where what is said about functions goes, and the lines they log themselves. */
export type Voices = { log: Log; print: (line: string) => void }

const Entry = z.record(z.string(), z.unknown())

/** What a function prints, line by line, under its name: a log line of its own as it is, other text as a message. */
export function relay(child: ChildProcess, name: string, { log, print }: Voices): void {
  for (const [stream, level] of [
    [child.stdout, 'info'],
    [child.stderr, 'warn'],
  ] as const) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      const entry = readEntry(line)
      if (entry) print(JSON.stringify({ function: name, ...entry }))
      else if (line !== '') log(level, line, { function: name })
    })
  }
}

function readEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return Entry.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
