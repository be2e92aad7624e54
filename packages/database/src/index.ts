export type { Database } from './database.types.ts'
export { derivedMigrations } from './derive.ts'
export { catalogue, statementsBetween } from './drift.ts'
export { generateTypes } from './generate-types.ts'
export {
  buildFromLaw,
  buildFromMigrations,
  lawFiles,
  migrationFiles,
  queueSchema,
  runFiles,
  type SqlFile,
} from './law.ts'
