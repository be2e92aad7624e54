import { join } from 'node:path'
import { App, setExperimental } from '@supabase/lite'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { CallerConnection, readCatalogue } from '../data/connection.ts'
import { trustGateway } from '../data/identity.ts'
import { writtenJson } from '../data/json.ts'
import type { Project } from '../project.ts'
import { refuseBody, unreadable } from './bodies.ts'
import { fileStorage } from './files.ts'
import { withoutForm } from './form.ts'
import { listFolder } from './list.ts'
import { refuseLink } from './signed.ts'
import { answerInWords } from './wording.ts'

export type Storage = {
  fetch: (request: Request) => Promise<Response>
  close(): Promise<void>
}

/** Storage's API, as role `supabase_storage_admin`, which becomes the caller wherever a policy decides. */
export async function startStorage(config: Config, { storage }: Project): Promise<Storage> {
  setExperimental('storage', true)
  const connection = new CallerConnection(
    {
      url: config.databaseAs('supabase_storage_admin'),
      postgresOptions: {
        max: 5,
        onnotice: () => {},
        types: writtenJson,
        connection: { application_name: 'storage' },
      },
    },
    await readCatalogue(config.urls.databaseAdmin),
  )
  const app = new App({
    connection,
    api: { enabled: false },
    // Signed links are tokens too.
    auth: { enabled: false, jwt_secret: config.keys.jwtSecret },
    storage: { enabled: true, file_size_limit: `${storage.file_size_limit}B` },
    options: { server: trustGateway },
  })
  app._storageAdapter = fileStorage(join(config.dir, 'storage'))
  await app.init()
  return {
    async fetch(request) {
      try {
        const refused = (await refuseBody(request)) ?? (await refuseLink(request, config.keys.jwtSecret))
        const answered = refused ?? (await listFolder(request, connection))
        return answered ?? (await answerInWords(await withoutForm(request), app.fetch))
      } catch (error) {
        if (error instanceof z.ZodError || error instanceof SyntaxError) return unreadable()
        throw error
      }
    },
    close: () => connection.driver.end({ timeout: 1 }),
  }
}
