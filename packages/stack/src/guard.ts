import { type ChildProcess, spawn } from 'node:child_process'

/*
 * What ends the children when this process is killed without a chance to do it itself. A small process holds the
 * reading end of a pipe from us; the kernel closes the pipe however we die, and it then signals every process group
 * it was told of.
 */
const script = `
const groups = new Map()
const signal = (pid, name) => { try { process.kill(-pid, name) } catch { try { process.kill(pid, name) } catch {} } }
const alive = (pid) => { try { process.kill(pid, 0); return true } catch { return false } }
let rest = ''
process.stdin.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\\n')
  rest = lines.pop()
  for (const line of lines) {
    const [verb, pid, name] = line.split(' ')
    if (verb === 'hold') groups.set(Number(pid), name)
    else groups.delete(Number(pid))
  }
})
process.stdin.on('end', () => {
  for (const [pid, name] of groups) signal(pid, name)
  const deadline = Date.now() + 10000
  const look = () => {
    const left = [...groups.keys()].filter(alive)
    if (left.length === 0) process.exit()
    if (Date.now() > deadline) { for (const pid of left) signal(pid, 'SIGKILL'); process.exit() }
    setTimeout(look, 50)
  }
  look()
})
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {})
`

let keeper: ChildProcess | undefined

/** Has process group `pid` ended with `signal` should this process vanish; release it once it has ended. */
export function guard(pid: number, signal: NodeJS.Signals): { release(): void } {
  keeper ??= startKeeper()
  keeper.stdin?.write(`hold ${pid} ${signal}\n`)
  return {
    release: () => {
      keeper?.stdin?.write(`drop ${pid}\n`)
    },
  }
}

function startKeeper(): ChildProcess {
  const child = spawn(process.execPath, ['-e', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Neither the process nor the pipe may keep a finished program alive.
  child.unref()
  const pipe = child.stdin
  if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  pipe?.on('error', () => {})
  return child
}
