import { adminActOf, type Call } from '../act.ts'
import type { Api } from '../parts.ts'

/** Nothing is cached on this machine, so there is nothing to throw away. */
export function purgeCache(api: Api) {
  const purge = (operation: string) => (c: Call) => {
    adminActOf(c, operation)
    return c.json({ message: 'success' })
  }
  for (const path of ['/cdn', '/cdn/']) api.delete(path, purge('storage.cdn.purge_tenant_cache'))
  api.delete('/cdn/:bucket', purge('storage.cdn.purge_bucket_cache'))
  api.delete('/cdn/:bucket/:name{.+}', purge('storage.cdn.purge_object_cache'))
}
