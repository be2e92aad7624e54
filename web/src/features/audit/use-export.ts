import { listAuditEvents } from '@p2p/client'
import type { AuditEvent, AuditFilters } from '@p2p/contracts'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { supabase } from '../../lib/supabase.ts'
import type { Column } from './csv.ts'
import { useLineWords } from './line-words.tsx'

type State =
  | { name: 'idle' }
  | { name: 'running'; count: number }
  | { name: 'done'; count: number }
  | { name: 'failed'; error: unknown }

/** Saves every line that the filters leave, page after page, as a file. Stopped, it saves nothing. */
export function useExport(filters: AuditFilters) {
  const { t } = useTranslation()
  const columns = useColumns()
  const [state, setState] = useState<State>({ name: 'idle' })
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  const start = async () => {
    const run = new AbortController()
    running.current = run
    setState({ name: 'running', count: 0 })
    try {
      const { csvHead, csvOf } = await import('./csv.ts')
      const parts = [csvHead(columns)]
      let count = 0
      for await (const events of pages(filters, run.signal)) {
        parts.push(csvOf(columns, events))
        count += events.length
        setState({ name: 'running', count })
      }
      if (run.signal.aborted) return
      save(new Blob(parts, { type: 'text/csv;charset=utf-8' }), `${t('audit.export.file')}.csv`)
      setState({ name: 'done', count })
    } catch (error) {
      if (!run.signal.aborted) setState({ name: 'failed', error })
    }
  }
  const stop = () => {
    running.current?.abort()
    setState({ name: 'idle' })
  }
  return { state, start, stop }
}

async function* pages(filters: AuditFilters, signal: AbortSignal): AsyncGenerator<AuditEvent[]> {
  let after: number | null = null
  do {
    const page = await listAuditEvents(supabase, filters, { size: 500, ...(after !== null && { after }) })
    if (signal.aborted) return
    yield page.events
    after = page.next
  } while (after !== null)
}

function save(file: Blob, name: string) {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

function useColumns(): Column[] {
  const { t } = useTranslation()
  const words = useLineWords()
  const states = (event: AuditEvent, which: 'before' | 'after') =>
    words
      .changes(event)
      .flatMap((change) => (change[which] === null ? [] : `${change.name}: ${change[which]}`))
      .join('; ')
  return [
    { name: t('audit.line'), of: ({ id }) => id },
    { name: t('audit.when'), of: ({ happened_at }) => happened_at },
    { name: t('audit.action'), of: ({ action }) => words.actionName(action) },
    { name: t('audit.outcome'), of: ({ outcome }) => t(`audit.outcomes.${outcome}`) },
    { name: t('audit.reason'), of: (event) => words.reason(event) },
    { name: t('audit.who'), of: (event) => words.actorName(event) },
    { name: t('audit.subject'), of: (event) => words.subjectName(event) },
    { name: t('audit.organization'), of: ({ organization }) => organization },
    { name: t('audit.before'), of: (event) => states(event, 'before') },
    { name: t('audit.after'), of: (event) => states(event, 'after') },
    { name: t('audit.from'), of: ({ origin }) => origin?.ip ?? null },
    { name: t('audit.device'), of: ({ origin }) => origin?.user_agent ?? null },
    { name: t('audit.request'), of: ({ request_id }) => request_id },
    { name: 'action', of: ({ action }) => action },
    { name: 'actor_id', of: ({ actor_id }) => actor_id },
    { name: 'subject_id', of: ({ subject_id }) => subject_id },
  ]
}
