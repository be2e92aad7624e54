import { watch } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Config, root } from '../config.ts'
import { makeVerify } from '../gateway/caller.ts'
import type { EdgeFunction, Project } from '../project.ts'
import { discardRest } from '../unread.ts'
import { hand, refuse } from './hand.ts'
import type { Voices } from './relay.ts'
import { startWorker, type Worker } from './worker.ts'

export type Functions = { port: number; close: () => Promise<void> }

/** As long as a hosted function may take. */
const standardPatience = 150_000

/**
 * Serves /functions/v1/<name>: a process of Deno for each function, started at its first call, kept, and started anew
 * after it ended or its source changed.
 */
export async function startFunctions(
  config: Config,
  project: Pick<Project, 'functions'>,
  voices: Voices,
  patience = standardPatience,
): Promise<Functions> {
  // A socket's path may not be long, and only this user may reach it: that keeps verify_jwt from being walked around.
  const sockets = await mkdtemp(join(tmpdir(), 'p2p-functions-'))
  const workers = new Map<string, Worker>()
  let started = 0

  function workerOf(name: string, setup: EdgeFunction): Worker {
    const running = workers.get(name)
    if (running) return running
    started += 1
    const worker = startWorker(config, name, setup, join(sockets, `${started}.sock`), voices)
    workers.set(name, worker)
    void worker.exited.then(() => {
      if (workers.get(name) === worker) workers.delete(name)
    })
    return worker
  }

  /** It keeps itself busy: the next call gets another. */
  function retire(name: string, worker: Worker): void {
    if (workers.get(name) === worker) workers.delete(name)
    worker.stop()
  }

  const verify = makeVerify(config.keys.jwtSecret)
  const server = createServer(async (request, response) => {
    discardRest(request, response)
    const [, name = '', rest = ''] = /^\/functions\/v1\/([\w-]+)(.*)$/.exec(request.url ?? '') ?? []
    const setup = project.functions[name]
    if (!setup?.enabled) return refuse(response, 404, 'NOT_FOUND', 'Requested function was not found')
    if (setup.verify_jwt && request.method !== 'OPTIONS') {
      const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
      if (!token) return refuse(response, 401, 'UNAUTHORIZED_NO_AUTH_HEADER', 'Missing authorization header')
      if ((await verify(token)).kind !== 'caller') {
        return refuse(response, 401, 'UNAUTHORIZED_INVALID_JWT_FORMAT', 'Invalid JWT')
      }
    }
    const worker = workerOf(name, setup)
    try {
      await worker.ready
    } catch (error) {
      voices.log('error', `function ${name} did not start`, { error: String(error) })
      return refuse(response, 503, 'BOOT_ERROR', 'Function failed to start (please check logs)')
    }
    hand(request, response, {
      socket: worker.socket,
      path: `/${name}${rest}`,
      patience,
      stuck: () => retire(name, worker),
      exited: worker.exited,
    })
  })
  const watching = watchSources(project, () => {
    for (const worker of workers.values()) worker.stop()
    workers.clear()
  })
  const port = await listening(server, config.ports.functions)

  return {
    port,
    async close() {
      watching()
      server.close()
      server.closeAllConnections()
      const ended = [...workers.values()].map(({ exited }) => exited)
      for (const worker of workers.values()) worker.stop()
      await Promise.all(ended)
      await rm(sockets, { recursive: true, force: true })
    },
  }
}

/** Calls back when the source of a function changes. Returns what ends it. */
function watchSources({ functions }: Pick<Project, 'functions'>, changed: () => void): () => void {
  const folders = new Set(
    Object.values(functions).map(({ entrypoint }) => dirname(dirname(join(root, 'supabase', entrypoint)))),
  )
  const watchers = [...folders].map((folder) =>
    watch(folder, { recursive: true }, (_, file) => {
      if (file && /\.(ts|js|json)$/.test(file) && !file.includes('node_modules') && !file.includes('.test.'))
        changed()
    }).on('error', () => {}),
  )
  return () => {
    for (const watcher of watchers) watcher.close()
  }
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      done(typeof address === 'object' && address ? address.port : port)
    })
  })
}
