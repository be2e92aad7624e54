import { createClient, postgresChangesFilter, RealtimeChannel, RealtimeClient } from '@supabase/supabase-js'
import * as tus from 'tus-js-client'

/*
 * Everything that a page can call on Supabase's clients or be told by them, read from the clients that are installed: a
 * member that a newer one brings is in the table without a word from us, as missing.
 */

const nowhere = createClient('http://127.0.0.1:9', 'sb_publishable_nobody', {
  auth: { persistSession: false, autoRefreshToken: false },
})

const words = (text: string) => text.trim().split(/\s+/)

/** Public to JavaScript alone: the clients' own type declarations call them private or internal. */
const inner = new Set(
  words(`
  constructor initialize dispose isThrowOnErrorEnabled fetchJwk signInWithEthereum signInWithSolana
  linkIdentityOAuth linkIdentityIdToken handleOperation encodeMetadata toBase64 logger uploadOrUpdate
  prepareUploadFormData applyTransformOptsToQuery listBucketOptionsToQueryString bucketLifecycleUrl
  throwOnError setHeader then processResponse cloneRequestState decorateFetch schemaName copyBindings teardown
  makeRef push log hasLogger returns overrideTypes shouldThrowOnError joinPush updateJoinPayload endpointURL
  encode decode add build toString fetch`),
)

/** Methods of an object, of its classes as far as `until`. */
function methods(object: object, until: object = Object.prototype): string[] {
  const names = new Set<string>()
  for (let level = object; level && level !== until && level !== Object.prototype; ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value === 'function' && !name.startsWith('_') && !inner.has(name)) names.add(name)
    }
    level = Object.getPrototypeOf(level)
  }
  return [...names]
}

const under = (prefix: string, names: string[]) => names.map((name) => `${prefix}${name}`)

/** Methods of what hangs on an object under a name of its own. */
const parts = (prefix: string, object: object) =>
  Object.entries(object).flatMap(([name, part]) =>
    typeof part === 'object' && part !== null && !name.startsWith('_')
      ? under(`${prefix}${name}.`, methods(part))
      : [],
  )

const { auth, storage, functions } = nowhere
const table = nowhere.from('things')
const selected = table.select()
const filterLevel = Object.getPrototypeOf(selected)
const transformLevel = Object.getPrototypeOf(filterLevel)

const channelEvents = [
  ...['broadcast', 'presence sync', 'presence join', 'presence leave', 'system'].map(
    (event) => `on ${event}`,
  ),
  ...words('INSERT UPDATE DELETE *').map((event) => `on postgres_changes ${event}`),
  ...words('SUBSCRIBED CHANNEL_ERROR TIMED_OUT CLOSED').map((status) => `subscribe ${status}`),
]
const authEvents = words(`INITIAL_SESSION SIGNED_IN SIGNED_OUT TOKEN_REFRESHED USER_UPDATED PASSWORD_RECOVERY
  MFA_CHALLENGE_VERIFIED`).map((event) => `onAuthStateChange ${event}`)
const functionErrors = ['FunctionsHttpError', 'FunctionsRelayError', 'FunctionsFetchError'].map(
  (error) => `invoke ${error}`,
)

/** Members by the part of Supabase that answers them, in the spelling that `describe` uses. */
export const surface: Record<string, string[]> = {
  Auth: [
    ...under(
      'auth.',
      methods(auth).filter((name) => name !== 'onAuthStateChange'),
    ),
    ...under('auth.', authEvents),
    ...under('auth.mfa.', methods(auth.mfa)),
    ...parts('auth.mfa.', auth.mfa),
    ...under('auth.oauth.', methods(auth.oauth)),
    ...under('auth.passkey.', methods(auth.passkey)),
  ],
  'Auth admin': [...under('auth.admin.', methods(auth.admin)), ...parts('auth.admin.', auth.admin)],
  Storage: [
    ...under(
      'storage.',
      methods(storage).filter((name) => !['from', 'vectors', 'analytics'].includes(name)),
    ),
    ...under('storage.from.', methods(storage.from('things'))),
    ...under('tus.Upload.', [...methods(tus.Upload.prototype), 'terminate']),
    ...under('storage.vectors.', methods(storage.vectors)),
    ...under('storage.analytics.', methods(storage.analytics)),
  ],
  Realtime: [
    ...under('realtime.', methods(RealtimeClient.prototype)),
    ...under(
      'channel.',
      methods(RealtimeChannel.prototype).filter((name) => !['on', 'subscribe'].includes(name)),
    ),
    ...under('channel.', channelEvents),
    ...under('postgresChangesFilter.', methods(postgresChangesFilter())),
  ],
  'Edge functions': [...under('functions.', methods(functions)), ...under('functions.', functionErrors)],
  'Data API': [
    ...under('rest.', ['from', 'schema', 'rpc', 'getOpenApiSpec']),
    ...under('from.', methods(table, Object.prototype)),
    ...under('filter.', methods(filterLevel, transformLevel)),
    ...under('transform.', methods(transformLevel)),
  ],
}
