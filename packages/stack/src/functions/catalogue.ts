import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { root } from '../config.ts'
import { functionPath, type Project } from '../project.ts'
import { readImportMap } from './imports.ts'

/** A function that is served, with full paths. */
export type Deployed = { entrypoint: string; importMap?: string; verifyJwt: boolean }

/** Where the CLI looks for functions that config.toml does not place elsewhere. */
export const standardFolder = join(root, 'supabase', 'functions')
const slug = /^[A-Za-z][A-Za-z0-9_-]*$/
const importMaps = ['deno.json', 'deno.jsonc', 'import_map.json']

/** All functions: those config.toml names, and each folder of supabase/functions that has an index.ts, as with the CLI. */
export function deployed(functions: Project['functions'], folder = standardFolder): Map<string, Deployed> {
  const found = new Map<string, Deployed>()
  for (const name of new Set([...foldersOf(folder), ...Object.keys(functions)])) {
    const { enabled = true, verify_jwt: verifyJwt = true, entrypoint, import_map } = functions[name] ?? {}
    if (!enabled) continue
    const file = entrypoint ? functionPath(entrypoint) : join(folder, name, 'index.ts')
    const importMap = import_map ? functionPath(import_map) : importMapBeside(file)
    found.set(name, { entrypoint: file, verifyJwt, ...(importMap && { importMap }) })
  }
  return found
}

function foldersOf(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => slug.test(name) && existsSync(join(folder, name, 'index.ts')))
}

const importMapBeside = (entrypoint: string) =>
  importMaps.map((name) => join(dirname(entrypoint), name)).find((file) => existsSync(file))

/** Every folder in which a change may change a function: its own, its siblings', and what its import map leads to. */
export function sourceFolders(functions: Iterable<Deployed>): Set<string> {
  const folders = new Set<string>()
  for (const { entrypoint, importMap } of functions) {
    const own = dirname(entrypoint)
    // Shared code lies beside a function. Outside of the project the folder above may be anything, such as /tmp.
    folders.add(own.startsWith(root) ? dirname(own) : own)
    if (!importMap) continue
    for (const target of localTargets(importMap)) folders.add(dirname(resolve(dirname(importMap), target)))
  }
  return new Set([...folders].filter((folder) => existsSync(folder)))
}

/** Deno will say what is wrong with a map that cannot be read. */
const localTargets = (importMap: string) =>
  Object.values(readImportMap(importMap)?.imports ?? {}).filter((target) => /^\.\.?\//.test(target))
