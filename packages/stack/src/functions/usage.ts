import { readFile } from 'node:fs/promises'
import { run } from '../run.ts'

/** What a process has used: processor time of the thread that runs its JavaScript, memory that is in RAM. */
export type Usage = { cpuMs: number; bytes: number }

/** Linux counts in hundredths of a second. */
const tickMs = 10

/** Undefined once it has ended, or where the machine does not say. */
export const usageOf = (pid: number): Promise<Usage | undefined> =>
  (process.platform === 'linux' ? fromProc(pid) : fromPs(pid)).catch(() => undefined)

/** Deno runs JavaScript on its first thread; what V8's helpers use does not count, as on hosted. */
async function fromProc(pid: number): Promise<Usage> {
  const [thread, status] = await Promise.all([
    readFile(`/proc/${pid}/task/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ])
  // The name stands in brackets and may contain anything; utime and stime are the 12th and 13th field after it.
  const fields = thread.slice(thread.lastIndexOf(')') + 2).split(' ')
  const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, bytes: kibibytes * 1024 }
}

async function fromPs(pid: number): Promise<Usage> {
  return readPs(await run('ps', ['-p', String(pid), '-o', 'time=,rss=']))
}

/** `0:01.23 40960` or `00:00:01 40960`: minutes and seconds of processor time, KiB of memory. */
export function readPs(line: string): Usage {
  const [time = '', kibibytes = ''] = line.trim().split(/\s+/)
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return { cpuMs: seconds * 1000, bytes: Number(kibibytes) * 1024 }
}
