import { type SpawnOptions, spawn } from 'node:child_process'

/** Runs a program to its end: what it printed, or an error that carries what it complained about. */
export function run(command: string, args: string[], options: SpawnOptions = {}): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    let complained = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      printed += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      complained += text
    })
    child.once('error', failed)
    child.once('close', (code, signal) => {
      if (code === 0) done(printed.trim())
      else failed(new Error(complained.trim() || `${command} ended with ${signal ?? code}`))
    })
  })
}
