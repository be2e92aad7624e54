import type { ServerOptions } from '@supabase/lite'
import { calls } from './call.ts'

/*
 * The gateway has checked key and token; @supabase/lite is told the result. Its own check would ask auth.users and
 * auth.sessions at each request, does not know the older keys, and its admin mode would serve whoever sends no key.
 */
export const trustGateway: ServerOptions = {
  admin: false,
  apiKeys: false,
  disableStudio: true,
  middlewares: [
    async (context, next) => {
      const call = calls.getStore()
      if (!call) throw new Error('A request reached the API past the gateway.')
      const { caller } = call
      context.set('ignoreAuthorization', true)
      context.set('apiKeyType', caller.isSecret ? 'secret' : 'publishable')
      context.set('jwt', caller.claims)
      if (caller.userId) context.set('userId', caller.userId)
      if (caller.sessionId) context.set('sessionId', caller.sessionId)
      await next()
    },
  ],
}
