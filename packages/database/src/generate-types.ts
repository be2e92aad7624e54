import { generateTypescript, sortGeneratorMetadata } from '@supabase/postgrest-typegen/generation'
import { introspect } from '@supabase/postgrest-typegen/introspection'
import pg from 'pg'

/** The TypeScript types of the `public` schema, as the Data API (PostgREST 14) shows it. */
export async function generateTypes(url: string): Promise<string> {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  // A server that stops while the connections are closing is nobody's fault.
  pool.on('error', () => {})
  try {
    const metadata = await introspect(pool, { includedSchemas: ['public'] })
    return await generateTypescript(sortGeneratorMetadata(metadata), { postgrestVersion: '14' })
  } finally {
    await pool.end()
  }
}
