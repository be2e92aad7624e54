import type { Config } from '../config.ts'
import type { Project } from '../project.ts'
import { readCatalogue } from './catalogue.ts'
import { readConfiguration } from './configuration.ts'
import type { Knowledge } from './engine.ts'

/** Looks at the database anew: what is in it, and what it says of the Data API. */
export async function learn(
  { urls, databaseAs }: Pick<Config, 'urls' | 'databaseAs'>,
  { api }: Pick<Project, 'api'>,
): Promise<Knowledge> {
  const configuration = await readConfiguration(databaseAs('authenticator'))
  const { inDatabase } = configuration
  const schemas = inDatabase.db_schemas ?? api.schemas
  return {
    catalogue: await readCatalogue(urls.databaseAdmin, schemas),
    configuration,
    schemas,
    searchPath: inDatabase.db_extra_search_path ?? api.extra_search_path,
    mostRows: inDatabase.db_max_rows ?? api.max_rows,
    mayAggregate: inDatabase.db_aggregates_enabled ?? false,
  }
}
