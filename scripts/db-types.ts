// Writes the database's types anew from sql/, on a Postgres of its own: `npm run db:types`.
import { writeFile } from 'node:fs/promises'
import { generateTypes } from '../packages/database/src/index.ts'
import { lawDatabase } from '../packages/database/testing/database.ts'
import { throwAwayPostgres } from '../packages/stack/testing/postgres.ts'

const postgres = await throwAwayPostgres()
try {
  const { url } = await lawDatabase(postgres.adminUrl)
  await writeFile(
    new URL('../packages/database/src/database.types.ts', import.meta.url),
    await generateTypes(url),
  )
} finally {
  await postgres.stop()
}
