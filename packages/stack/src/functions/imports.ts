import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { root } from '../config.ts'

const nothing = 'data:text/javascript,'
const client = 'npm:@supabase/supabase-js@2'

/** What functions usually begin with and what need not be fetched: types alone, and a client that npm has installed. */
const usual: Record<string, string> = {
  '@supabase/functions-js/edge-runtime.d.ts': nothing,
  'jsr:@supabase/functions-js/edge-runtime.d.ts': nothing,
  'jsr:@supabase/functions-js@2/edge-runtime.d.ts': nothing,
  'jsr:@supabase/functions-js@^2/edge-runtime.d.ts': nothing,
  'jsr:@supabase/supabase-js@2': client,
  'https://esm.sh/@supabase/supabase-js@2': client,
}

const Targets = z.record(z.string(), z.string())
const ImportMap = z.object({
  imports: Targets.default({}),
  scopes: z.record(z.string(), Targets).default({}),
  /** deno.json may name another file instead. */
  importMap: z.string().optional(),
  compilerOptions: z.unknown().optional(),
})
type ImportMap = z.infer<typeof ImportMap>

/** Undefined for one that only Deno can read, such as a .jsonc with comments; it also says what is wrong with a bad one. */
export function readImportMap(file: string): ImportMap | undefined {
  try {
    const map = ImportMap.parse(JSON.parse(readFileSync(file, 'utf8')))
    return map.importMap ? undefined : map
  } catch {
    return undefined
  }
}

/**
 * Deno's flags for a function's import map, if it has one. Writes what it must into `scratch`, the name of a new file.
 * Deno looks for packages beside its configuration: for one outside of the project, beside `scratch`.
 */
export function importFlags(importMap: string | undefined, scratch: string): string[] {
  const own = importMap === undefined ? ImportMap.parse({}) : readImportMap(importMap)
  if (!own) return [`--config=${importMap}`]
  const folder = importMap ? dirname(importMap) : ''
  const imports = { ...usual, ...absolute(own.imports, folder) }
  const scopes = Object.fromEntries(
    Object.entries(own.scopes).map(([scope, targets]) => [at(scope, folder), absolute(targets, folder)]),
  )
  writeFileSync(scratch, JSON.stringify({ imports, scopes, compilerOptions: own.compilerOptions }))
  const config = importMap?.startsWith(root) ? importMap : scratch
  return [`--import-map=${scratch}`, importMap ? `--config=${config}` : '--no-config']
}

const absolute = (targets: Record<string, string>, folder: string) =>
  Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, at(target, folder)]))

/** A path of the map is one beside it. The slash at its end has a meaning of its own. */
const at = (target: string, folder: string) =>
  /^\.{0,2}\//.test(target)
    ? pathToFileURL(resolve(folder, target)).href + (target.endsWith('/') ? '/' : '')
    : target
