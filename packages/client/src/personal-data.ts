import { DataExport, Erasure, type ErasureChoice, Privacy } from '@p2p/contracts'
import { must, Refusal } from './must.ts'
import { confirmSecondFactor, signIn, signOut } from './sessions.ts'
import type { Supabase } from './supabase.ts'

/** One's consents, last export, erasure under way, and what would become of one's company. Null for a visitor. */
export async function readPrivacy(supabase: Supabase): Promise<Privacy | null> {
  const { data } = await supabase.auth.getSession()
  if (!data.session) return null
  return Privacy.parse(must(await supabase.rpc('my_privacy')))
}

/** Asks for a copy of everything held about oneself, or finds the one under way. Codes: `rate_limited`. */
export async function requestDataExport(supabase: Supabase): Promise<DataExport> {
  return DataExport.parse(must(await supabase.rpc('request_data_export')))
}

/** An address that gives the file to whoever has it, for ten minutes. */
export async function linkToDataExport(
  supabase: Supabase,
  { path }: Pick<DataExport, 'path'>,
): Promise<string> {
  const { data, error } = await supabase.storage
    .from('exports')
    .createSignedUrl(path, 600, { download: 'p2p-sandbox-my-data.zip' })
  if (error) throw new Refusal('not_found', error.message, { cause: error })
  return data.signedUrl
}

type ErasureRequest = {
  email: string
  password: string
  /** Of the second factor, for who has one. */
  code?: string
  choice: ErasureChoice
  /** Says that one knows that the company goes too, where nobody else belongs to it. */
  dissolve: boolean
}

/**
 * Asks to be forgotten in 14 days. The password is asked for once more: `fresh` is a client of its own that keeps its
 * session in memory, which is ended afterwards. Codes: `credentials_wrong`, `second_factor_required`, `last_admin`,
 * `last_platform_admin`, `company_goes_too`.
 */
export async function requestErasure(fresh: Supabase, request: ErasureRequest): Promise<Erasure> {
  const { email, password, code, choice, dissolve } = request
  await signIn(fresh, { email, password, remember: false })
  try {
    if (code) await confirmSecondFactor(fresh, code)
    return Erasure.parse(must(await fresh.rpc('request_erasure', { choice, dissolve })))
  } finally {
    await signOut(fresh)
  }
}

/** Takes the wish to be forgotten back. Codes: `erasure_begun`. */
export async function cancelErasure(supabase: Supabase): Promise<void> {
  must(await supabase.rpc('cancel_erasure'))
}
