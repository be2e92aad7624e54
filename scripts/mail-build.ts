import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileMails } from '../packages/worker/src/mail/compile.ts'

/** npm run mail:build — writes the mails compiled from their words and layout; both are committed. */
const root = fileURLToPath(new URL('../', import.meta.url))

for (const [path, text] of await compileMails()) {
  await mkdir(dirname(root + path), { recursive: true })
  await writeFile(root + path, text)
  process.stdout.write(`${path}\n`)
}
