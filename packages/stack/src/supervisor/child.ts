import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { childEnv } from '../env.ts'
import { guard } from '../guard.ts'

/** A part of the stack that is a process of its own. */
export type PartPlan = {
  name: string
  args: string[]
  cwd: string
  env: Record<string, string>
  /** Answers whether it does its work yet. */
  isReady(): Promise<boolean>
  /** How long it may take to stop by itself. */
  graceMs: number
}

export type Child = {
  pid: number | undefined
  /** Resolves when it does its work; rejects when it ended before, or took too long. */
  ready: Promise<void>
  exited: Promise<string>
  isOver(): boolean
  stop(): Promise<void>
}

const startPatience = 60_000

/** Starts a part in a process group of its own, so that a Ctrl-C meant for us does not reach it past us. */
export function startChild(plan: PartPlan, logFile: string): Child {
  const output = openSync(logFile, 'a')
  const child = spawn(process.execPath, plan.args, {
    cwd: plan.cwd,
    env: childEnv(plan.env),
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const { pid } = child
  const held = pid === undefined ? undefined : guard(pid, 'SIGTERM')
  let over = false
  const exited = new Promise<string>((gone) => {
    child.once('error', (error) => gone(error.message))
    child.once('exit', (code, signal) => gone(signal ? `signal ${signal}` : `exit code ${code}`))
  })
  void exited.then(() => {
    over = true
    held?.release()
    // What it may have started and left behind.
    if (pid !== undefined) signalGroup(pid, 'SIGKILL')
  })

  const ready = async () => {
    const deadline = Date.now() + startPatience
    while (!(await plan.isReady())) {
      if (over) throw new Error(`it ended with ${await exited}`)
      if (Date.now() > deadline) throw new Error(`it was not ready after ${startPatience / 1000} s`)
      await new Promise((tick) => setTimeout(tick, 50))
    }
    if (over) throw new Error(`it ended with ${await exited}`)
  }

  return {
    pid,
    ready: ready(),
    exited,
    isOver: () => over,
    async stop() {
      if (over || pid === undefined) return
      signalGroup(pid, 'SIGTERM')
      const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), plan.graceMs)
      await exited
      clearTimeout(kill)
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody of it is left.
  }
}

/** The end of a part's log, for a person who is told that it failed. */
export async function lastLines(logFile: string, count = 8): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
