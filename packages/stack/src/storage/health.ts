import { actOf } from './act.ts'
import type { Api, Parts } from './parts.ts'

export function health(api: Api, { database }: Parts) {
  api.get('/status', (c) => c.body(null, 200))
  api.get('/version', (c) => c.text('0.0.0'))
  api.get('/health', async (c) => {
    actOf(c, 'storage.health')
    const healthy = await database.query('select id from storage.buckets limit 1').then(
      () => true,
      () => false,
    )
    return c.json({ healthy })
  })
}
