import { Hono } from 'hono'
import type { Config } from '../config.ts'
import type { Identified, Identify } from '../gateway/caller.ts'
import { refuseCaller } from '../gateway/refusals.ts'
import type { Log } from '../log.ts'
import type { Project } from '../project.ts'
import { absent } from './absent.ts'
import type { Env } from './act.ts'
import { createBucket } from './buckets/create.ts'
import { deleteBucket } from './buckets/delete.ts'
import { emptyBucket } from './buckets/empty.ts'
import { getBucket } from './buckets/get.ts'
import { listBuckets } from './buckets/list.ts'
import { updateBucket } from './buckets/update.ts'
import { connectDatabase } from './database.ts'
import { answerFault, StorageFault } from './fault.ts'
import { keepFiles } from './files.ts'
import { health } from './health.ts'
import { renderForCaller } from './images/authenticated.ts'
import { renderForAnybody } from './images/public.ts'
import { renderSigned } from './images/signed.ts'
import { copyObject } from './objects/copy.ts'
import { createObject } from './objects/create.ts'
import { deleteObject } from './objects/delete.ts'
import { deleteObjects } from './objects/delete-many.ts'
import { getObject } from './objects/get.ts'
import { getPublicObject } from './objects/get-public.ts'
import { getSignedObject } from './objects/get-signed.ts'
import { objectInfo } from './objects/info.ts'
import { listObjects } from './objects/list.ts'
import { listObjectsV2 } from './objects/list-v2.ts'
import { moveObject } from './objects/move.ts'
import { purgeCache } from './objects/purge.ts'
import { signObject } from './objects/sign.ts'
import { signObjects } from './objects/sign-many.ts'
import { signUpload } from './objects/sign-upload.ts'
import { updateObject } from './objects/update.ts'
import { uploadSigned } from './objects/upload-signed.ts'
import type { Api, Parts } from './parts.ts'
import { lockUploads } from './resumable/locker.ts'
import { resumableUploads } from './resumable/routes.ts'
import { UnfinishedUploads } from './resumable/unfinished.ts'
import { storagePlaces, sweepOld } from './sweep.ts'

export type Storage = {
  fetch(request: Request): Promise<Response>
  close(): Promise<void>
}

const hourly = 60 * 60 * 1000

/** What has a name of its own comes before what has an object's. */
const routes: ((api: Api, parts: Parts) => unknown)[] = [
  health,
  absent,
  createBucket,
  listBuckets,
  getBucket,
  updateBucket,
  emptyBucket,
  deleteBucket,
  purgeCache,
  renderForCaller,
  renderForAnybody,
  renderSigned,
  copyObject,
  moveObject,
  listObjects,
  listObjectsV2,
  signUpload,
  uploadSigned,
  signObjects,
  signObject,
  objectInfo,
  getPublicObject,
  getSignedObject,
  getObject,
  createObject,
  updateObject,
  deleteObjects,
  deleteObject,
]

/** Storage's API below /storage/v1, over the tables of schema `storage` and files in the stack's folder. */
export function startStorage(config: Config, { storage }: Project, identify: Identify, log: Log): Storage {
  const url = config.databaseAs('supabase_storage_admin')
  const places = storagePlaces(config)
  const database = connectDatabase(url)
  const files = keepFiles(places.objects)
  const parts: Parts = {
    database,
    files,
    sizeLimit: storage.file_size_limit,
    jwtSecret: config.keys.jwtSecret,
  }
  const uploads = new UnfinishedUploads(places.uploads, files, async (id) => {
    const [bucket, ...rest] = id.split('/')
    const version = rest.pop()
    const rows = await database.query(
      'select from storage.objects where bucket_id = $1 and name = $2 and version = $3',
      [bucket, rest.join('/'), version],
    )
    return rows.length > 0
  })
  const locker = lockUploads(url)
  const api: Api = new Hono<Env>({ strict: true }).basePath('/storage/v1')
  resumableUploads(api, parts, uploads, locker)
  for (const route of routes) route(api, parts)
  api.notFound(({ req }) =>
    answerFault(
      new StorageFault(404, 'InvalidRequest', `Route ${req.method}:${pathOf(req.url)} not found`, {
        error: 'Not Found',
        status: 404,
      }),
    ),
  )
  api.onError((error, { req }) => {
    if (error instanceof StorageFault) return answerFault(error)
    log('error', 'a request to Storage failed', { path: req.path, error: String(error) })
    const words = { error: 'Internal', status: 500 }
    return answerFault(new StorageFault(500, 'InternalError', 'Internal Server Error', words))
  })
  const sweep = () =>
    sweepOld(config).catch((error) => log('warn', 'Storage could not be swept', { error: String(error) }))
  const sweeping = setInterval(() => void sweep(), hourly)
  sweeping.unref()

  return {
    async fetch(request) {
      const found = await identifyToken(request, identify, config.keys.publishable)
      if (found.kind === 'secret_in_browser') return refuseCaller(found, 'storage')
      return api.fetch(request, { found })
    },
    async close() {
      clearInterval(sweeping)
      await locker.close()
      await database.close()
    },
  }
}

/** Storage asks for a token, not for a key beside it: a person's alone will do. */
async function identifyToken(request: Request, identify: Identify, anyKey: string): Promise<Identified> {
  const url = new URL(request.url)
  const found = await identify(request.headers, url)
  const authorization = request.headers.get('authorization')
  if ((found.kind !== 'no_key' && found.kind !== 'bad_key') || !authorization) return found
  return identify(new Headers({ authorization, apikey: anyKey }), url)
}

const pathOf = (url: string) => {
  const { pathname, search } = new URL(url)
  return pathname.replace(/^\/storage\/v1/, '') + search
}
