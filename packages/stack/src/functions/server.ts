import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, root } from '../config.ts'
import { reasonOf } from '../log.ts'
import { readProject } from '../project.ts'
import { discardRest } from '../unread.ts'
import { makeAdmission } from './admission.ts'
import { type Deployed, deployed, sourceFolders, standardFolder } from './catalogue.ts'
import { functionEnv, variableFiles } from './environment.ts'
import { type Call, hand, refusalOf } from './hand.ts'
import { hostedLimits, type Limits } from './limits.ts'
import { startPool } from './pool.ts'
import { type Refusal, refusals, refuse, refuseUpgrade } from './refusal.ts'
import type { Voices } from './relay.ts'
import { watchSources } from './reload.ts'
import { handUpgrade } from './upgrade.ts'

export type Functions = { port: number; close: () => Promise<void> }

type Options = {
  limits?: Partial<Limits>
  /** Files with the functions' own variables. */
  variables?: string[]
  /** Where functions lie that config.toml does not place. */
  folder?: string
}

/** Serves /functions/v1/<name> as a hosted project does, each function in a process of Deno. */
export async function startFunctions(
  config: Config,
  voices: Voices,
  options: Options = {},
): Promise<Functions> {
  const { variables = variableFiles, folder = standardFolder } = options
  const limits = { ...hostedLimits, ...options.limits }
  // A socket's path may not be long, and only this user may reach it.
  const sockets = await mkdtemp(join(tmpdir(), 'p2p-functions-'))
  await symlink(join(root, 'node_modules'), join(sockets, 'node_modules'), 'junction')
  const pool = startPool({
    folder: sockets,
    envOf: (name, version, id) => functionEnv(config, { name, version, id }, variables),
    limits,
    voices,
  })
  const read = async () => deployed((await readProject(config)).functions, folder)
  let functions = await read()
  let unwatch = () => {}
  let isOld = false
  let reading = false
  let ended = false

  function watchThem(): void {
    unwatch()
    unwatch = watchSources(
      // The folder of functions itself may be made later.
      {
        folders: [...sourceFolders(functions.values()), folder],
        files: [config.projectFile, folder, ...variables],
      },
      () => {
        isOld = true
        void renew()
      },
    )
  }
  /** Until what was read is what was written last, and is watched in all its folders. Workers are of what is written now. */
  async function renew(): Promise<void> {
    if (reading) return
    reading = true
    while (isOld && !ended) {
      isOld = false
      const watched = sourceFolders(functions.values())
      // Before anything is read: what is written in between is seen by one of the two.
      watchThem()
      pool.renew()
      try {
        functions = await read()
        isOld ||= [...sourceFolders(functions.values())].some((folder) => !watched.has(folder))
      } catch (error) {
        voices.log('error', 'the functions stay as they were', { error: reasonOf(error) })
      }
    }
    reading = false
  }
  isOld = true
  await renew()

  const admit = makeAdmission(config.keys)

  /** The worker that is to answer a request, or why none does. */
  async function route(request: IncomingMessage): Promise<Call | Refusal> {
    const [, name = '', rest = ''] = /^\/functions\/v1\/([\w-]+)(.*)$/.exec(request.url ?? '') ?? []
    const setup: Deployed | undefined = functions.get(name)
    if (!setup) return refusals.notFound
    if (setup.verifyJwt && request.method !== 'OPTIONS') {
      const refusal = await admit(request)
      if (refusal) return refusal
    }
    const worker = pool.take(name, setup)
    const leave = worker.enter()
    if (await worker.ready) return { worker, leave, path: `/${name}${rest}` }
    leave()
    return refusalOf(worker)
  }

  const server = createServer(async (request, response) => {
    discardRest(request, response)
    const found = await route(request)
    if ('code' in found) refuse(response, found)
    else hand(request, response, found, limits.idleMs)
  })
  server.on('upgrade', async (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const found = await route(request)
    if ('code' in found) refuseUpgrade(socket, found)
    else handUpgrade(request, socket, head, found)
  })
  const port = await listening(server, config.ports.functions)

  return {
    port,
    async close() {
      ended = true
      unwatch()
      server.close()
      server.closeAllConnections()
      await pool.close()
      await rm(sockets, { recursive: true, force: true })
    },
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
