import type { SpawnOptions } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { run } from './run.ts'

type Ids = { uid: number; gid: number }

export type DatabaseUser = {
  /** Who must own the data folder; nothing when the stack itself is an ordinary user. */
  ids?: Ids
  command(program: string, args: string[]): { command: string; args: string[]; options: SpawnOptions }
}

const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }

/*
 * Postgres refuses to run as root, which is what one is in a container. It then runs as another user, who keeps a
 * single privilege of root's: to pass through folders closed to it, because the clone may lie under /root.
 */
export async function asDatabaseUser(log: (line: string) => void): Promise<DatabaseUser> {
  if (process.getuid?.() !== 0) {
    return { command: (command, args) => ({ command, args, options: {} }) }
  }
  const ids = await someoneElse()
  const drop = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--clear-groups']
  // Postgres asks access(2) about its own files, which forgets the privilege unless told not to.
  const keep = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup']
  const able = await run('setpriv', [...drop, ...keep, '--', 'true']).then(
    () => true,
    () => false,
  )
  if (able) {
    return {
      ids,
      command: (program, args) => ({
        command: 'setpriv',
        args: [...drop, ...keep, '--', program, ...args],
        options: { env: environment, cwd: '/' },
      }),
    }
  }
  log(
    'setpriv is missing or not allowed: Postgres needs every folder above its data to be open to other users.',
  )
  return {
    ids,
    command: (command, args) => ({ command, args, options: { ...ids, env: environment, cwd: '/' } }),
  }
}

/** initdb looks its user up by name, so it must be one that the machine knows. */
async function someoneElse(): Promise<Ids> {
  const people = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = people.find(([name]) => name === 'postgres') ?? people.find(([name]) => name === 'nobody')
  if (!found)
    throw new Error('Postgres refuses to run as root, and there is no user "postgres" or "nobody" here.')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}
