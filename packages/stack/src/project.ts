import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'
import { type Config, root } from './config.ts'

const units = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 }
const Size = z
  .string()
  .regex(/^\d+\s*(B|KB|MB|GB|KiB|MiB|GiB)$/i)
  .transform((text) => {
    const [, amount, unit] = /^(\d+)\s*(\w+)$/.exec(text) ?? []
    return Number(amount) * (units[(unit ?? 'B').toUpperCase() as keyof typeof units] ?? 1)
  })

const Seconds = z
  .string()
  .regex(/^\d+(s|m|h)$/)
  .transform((text) => Number.parseInt(text, 10) * ({ s: 1, m: 60, h: 3600 }[text.slice(-1)] ?? 1))

const Template = z.object({ subject: z.string().optional(), content_path: z.string().optional() })
const Bucket = z.object({
  public: z.boolean().default(false),
  file_size_limit: Size.optional(),
  allowed_mime_types: z.array(z.string()).optional(),
})
const EdgeFunction = z.object({
  enabled: z.boolean().default(true),
  verify_jwt: z.boolean().default(true),
  entrypoint: z.string(),
  import_map: z.string().optional(),
})
const Hook = z.object({ enabled: z.boolean().default(false), uri: z.string() })

/** The part of supabase/config.toml that the stack acts on. */
const Project = z.object({
  api: z.object({
    schemas: z.array(z.string()),
    extra_search_path: z.array(z.string()),
    max_rows: z.number(),
  }),
  local_smtp: z.object({ admin_email: z.email(), sender_name: z.string() }),
  storage: z.object({ file_size_limit: Size, buckets: z.record(z.string(), Bucket).default({}) }),
  auth: z.object({
    additional_redirect_urls: z.array(z.string()).default([]),
    jwt_expiry: z.number().int().default(3600),
    enable_refresh_token_rotation: z.boolean().default(true),
    enable_signup: z.boolean().default(true),
    minimum_password_length: z.number().int().min(6).default(6),
    email: z.object({
      double_confirm_changes: z.boolean().default(true),
      enable_confirmations: z.boolean().default(false),
      max_frequency: Seconds.default(1),
      otp_length: z.number().int().min(6).max(10).default(6),
      otp_expiry: z.number().int().default(3600),
      template: z.record(z.string(), Template).default({}),
    }),
    hook: z.object({ before_user_created: Hook.optional() }).default({}),
  }),
  functions: z.record(z.string(), EdgeFunction).default({}),
})
export type Project = z.infer<typeof Project>
export type EdgeFunction = z.infer<typeof EdgeFunction>
export type AuthSettings = Project['auth']

/** Reads the project's settings, or says what in them the stack does not understand. */
export async function readProject({ projectFile }: Pick<Config, 'projectFile'>): Promise<Project> {
  const result = Project.safeParse(parse(await readFile(projectFile, 'utf8')))
  if (!result.success) throw new Error(`${projectFile}:\n${z.prettifyError(result.error)}`)
  return result.data
}

/** The CLI reads a template's path from the repository, and a function's entrypoint from supabase/. */
export const templatePath = (path: string) => resolve(root, path)
export const functionPath = (path: string) => resolve(root, 'supabase', path)
