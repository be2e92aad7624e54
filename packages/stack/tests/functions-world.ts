import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse, stringify, type TomlTable } from 'smol-toml'
import { type Config, root, stackConfig } from '../src/config.ts'
import type { Limits } from '../src/functions/limits.ts'
import { startFunctions } from '../src/functions/server.ts'
import { freeBlock, temporaryFolder } from '../testing/stack.ts'

export type Scratch = {
  config: Config
  port: number
  /** Lines said about functions and by them. */
  logged: string[]
  /** Log lines that functions wrote themselves. */
  printed: string[]
  call(path: string, init?: RequestInit): Promise<Response>
  /** Writes a file of the folder in which the functions lie. */
  write(file: string, text: string): Promise<void>
  /** What config.toml says of the functions. */
  configure(functions: TomlTable): Promise<void>
  stop(): Promise<void>
}

type Options = {
  /** Files under the folder of functions: { 'hello/index.ts': '…' } */
  files?: Record<string, string>
  /** What config.toml says of them. Without a token unless it says so. */
  functions?: TomlTable
  limits?: Partial<Limits>
}

/** Edge functions of a test's own, without the rest of the stack. */
export async function scratchFunctions({
  files = {},
  functions = {},
  limits = {},
}: Options): Promise<Scratch> {
  const dir = await temporaryFolder()
  const folder = join(dir, 'functions')
  const projectFile = join(dir, 'config.toml')
  const standard = parse(await readFile(join(root, 'supabase/config.toml'), 'utf8'))
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  const configure = (changes: TomlTable) =>
    writeFile(projectFile, stringify({ ...standard, functions: changes }))
  for (const [file, text] of Object.entries(files)) await write(file, text)
  await configure(functions)

  const config = stackConfig({
    STACK_PORT: await freeBlock(),
    STACK_DIR: dir,
    STACK_CONFIG: projectFile,
    SIGNUP_MAX_PER_NETWORK: '7',
  })
  const logged: string[] = []
  const printed: string[] = []
  const { port, close } = await startFunctions(
    config,
    { log: (_, message) => void logged.push(message), print: (line) => void printed.push(line) },
    { limits, folder, variables: [join(folder, '.env')] },
  )
  return {
    config,
    port,
    logged,
    printed,
    call: (path, init) => fetch(`http://127.0.0.1:${port}/functions/v1/${path}`, init),
    write,
    configure,
    async stop() {
      await close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A function that answers with what its code says. */
export const handler = (body: string) => `Deno.serve(async (request) => { ${body} })`
