import type { TomlTable } from 'smol-toml'
import { withClient } from '../src/sql.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'

/** A stack without this project's own rules for new people, under settings that they would not allow. */
export async function startWithoutRules(auth: TomlTable): Promise<TestStack> {
  const hook = { before_user_created: { enabled: false } }
  const stack = await startTestStack({ settings: { auth: { hook, ...auth } } })
  await withClient(stack.urls.databaseAdmin, (client) =>
    client.query(`
      drop trigger after_insert_found on auth.users;
      drop trigger after_insert_settle on auth.users;
      drop trigger after_update_settle on auth.users;
      drop trigger before_write_clean on auth.users`),
  )
  return stack
}
