import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { run } from '../run.ts'

/** Whether somebody listens on a port of this machine's loopback already. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer()
    probe.once('error', () => answer(true))
    probe.listen(port, '127.0.0.1', () => probe.close(() => answer(false)))
  })
}

/** Whether a connection to the port is taken up. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = connect(port, '127.0.0.1')
    probe.once('connect', () => {
      probe.destroy()
      answer(true)
    })
    probe.once('error', () => answer(false))
  })
}

/** Who it is, as far as this user may know. */
export async function ownerOf(port: number): Promise<string | undefined> {
  const found = process.platform === 'linux' ? await fromProc(port).catch(() => undefined) : undefined
  return found ?? (await fromLsof(port).catch(() => undefined))
}

async function fromProc(port: number): Promise<string | undefined> {
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      const listens = state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port
      if (listens) inodes.add(`socket:[${inode}]`)
    }
  }
  if (inodes.size === 0) return undefined
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')
      if (inodes.has(target)) return describe(pid, await readFile(`/proc/${pid}/cmdline`, 'utf8'))
    }
  }
  return undefined
}

async function fromLsof(port: number): Promise<string | undefined> {
  const pid = (await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'])).split('\n')[0]
  return pid ? describe(pid, await run('ps', ['-p', pid, '-o', 'args='])) : undefined
}

const describe = (pid: string, commandLine: string) =>
  `process ${pid} (${commandLine.replaceAll('\0', ' ').trim().slice(0, 80)})`
