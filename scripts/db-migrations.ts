// Writes the derived migrations anew: `npm run db:migrations`.
import { writeFile } from 'node:fs/promises'
import { derivedMigrations } from '../packages/database/src/derive.ts'

for (const { name, text } of await derivedMigrations()) {
  await writeFile(new URL(`../supabase/migrations/${name}`, import.meta.url), text)
  process.stdout.write(`supabase/migrations/${name}\n`)
}
