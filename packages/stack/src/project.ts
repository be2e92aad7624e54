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

const inSeconds: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 }
/** As Go writes a length of time: `24h`, `1h30m`, `1m0s`. In seconds. */
const Seconds = z
  .string()
  .regex(/^(\d+(\.\d+)?(h|ms|m|s))+$/)
  .transform((text) =>
    [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)].reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * (inSeconds[unit ?? ''] ?? 0),
      0,
    ),
  )

const Template = z.object({ subject: z.string().optional(), content_path: z.string().optional() })
const Bucket = z.object({
  public: z.boolean().default(false),
  file_size_limit: Size.optional(),
  allowed_mime_types: z.array(z.string()).optional(),
})
const EdgeFunction = z.object({
  enabled: z.boolean().default(true),
  verify_jwt: z.boolean().default(true),
  entrypoint: z.string().optional(),
  import_map: z.string().optional(),
})
const Hook = z.object({ enabled: z.boolean().default(false), uri: z.string() })
const Notice = Template.extend({ enabled: z.boolean().default(false) })
/** Hosted Auth's own figures: requests of one address, per hour or five minutes. */
const RateLimits = z.object({
  email_sent: z.number().int().min(0).default(30),
  sms_sent: z.number().int().min(0).default(30),
  anonymous_users: z.number().int().min(0).default(30),
  token_refresh: z.number().int().min(0).default(150),
  sign_in_sign_ups: z.number().int().min(0).default(30),
  token_verifications: z.number().int().min(0).default(30),
  web3: z.number().int().min(0).default(30),
})

const Duration = Seconds.refine((seconds) => seconds > 0, 'must be longer than nothing')

/** When a session ends by itself, in seconds: after its beginning, after its last refresh. */
const Sessions = z.object({ timebox: Duration.optional(), inactivity_timeout: Duration.optional() })

const Factor = z.object({
  enroll_enabled: z.boolean().default(false),
  verify_enabled: z.boolean().default(false),
})
const SecondFactors = z.object({
  max_enrolled_factors: z.number().int().min(0).default(10),
  totp: Factor.prefault({}),
  phone: Factor.prefault({}),
  web_authn: Factor.prefault({}),
})

const Enabled = z.object({ enabled: z.boolean().default(false) })
/** Ways to sign in that the stack does not have: auth/absent.ts says so where they are switched on. */
const Absent = {
  external: z.record(z.string(), Enabled).default({}),
  web3: z.record(z.string(), Enabled).default({}),
  sms: z.object({ enable_signup: z.boolean().default(false) }).prefault({}),
  passkey: Enabled.prefault({}),
  captcha: Enabled.prefault({}),
  oauth_server: Enabled.prefault({}),
}

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
    ...Absent,
    additional_redirect_urls: z.array(z.string()).default([]),
    jwt_expiry: z.number().int().default(3600),
    /** Who tokens say made them, if not Auth's own address. */
    jwt_issuer: z.string().optional(),
    enable_refresh_token_rotation: z.boolean().default(true),
    /** Seconds in which a spent refresh token is forgiven: two tabs may refresh at the same moment. */
    refresh_token_reuse_interval: z.number().int().min(0).default(10),
    enable_manual_linking: z.boolean().default(false),
    sessions: Sessions.prefault({}),
    mfa: SecondFactors.prefault({}),
    enable_signup: z.boolean().default(true),
    enable_anonymous_sign_ins: z.boolean().default(false),
    minimum_password_length: z.number().int().min(6).default(6),
    password_requirements: z
      .enum(['', 'letters_digits', 'lower_upper_letters_digits', 'lower_upper_letters_digits_symbols'])
      .default(''),
    rate_limit: RateLimits.prefault({}),
    email: z.object({
      enable_signup: z.boolean().default(true),
      double_confirm_changes: z.boolean().default(true),
      enable_confirmations: z.boolean().default(false),
      secure_password_change: z.boolean().default(false),
      require_current_password: z.boolean().default(false),
      max_frequency: Seconds.default(1),
      otp_length: z.number().int().min(6).max(10).default(6),
      otp_expiry: z.number().int().default(3600),
      template: z.record(z.string(), Template).default({}),
      notification: z.record(z.string(), Notice).default({}),
    }),
    hook: z
      .object({
        before_user_created: Hook.optional(),
        send_email: Hook.optional(),
        custom_access_token: Hook.optional(),
        mfa_verification_attempt: Hook.optional(),
        password_verification_attempt: Hook.optional(),
      })
      .default({}),
  }),
  functions: z.record(z.string(), EdgeFunction).default({}),
})
export type Project = z.infer<typeof Project>
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
