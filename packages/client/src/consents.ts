import { LegalDocument, type LegalKind } from '@p2p/contracts'
import { z } from 'zod'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** Every published version of the terms or the privacy notice, the one in force first. For visitors too. */
export async function readLegalDocuments(supabase: Supabase, kind: LegalKind): Promise<LegalDocument[]> {
  const query = supabase.from('legal_documents').select('*').eq('kind', kind)
  return z.array(LegalDocument).parse(must(await query.order('version', { ascending: false })))
}

/** Ids of the terms and the privacy notice in force: what somebody who signs up now agrees to. */
export async function readCurrentDocuments(supabase: Supabase): Promise<string[]> {
  const query = supabase.from('legal_documents').select('id, kind')
  const newestFirst = must(await query.order('version', { ascending: false }))
  return [...new Map(newestFirst.toReversed().map(({ id, kind }) => [kind, id])).values()]
}

/** Codes: `document_superseded` where a newer version has been published meanwhile. */
export async function acceptDocuments(supabase: Supabase, documents: string[]): Promise<void> {
  must(await supabase.rpc('accept_documents', { documents }))
}
