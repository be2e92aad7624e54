import type { AuditEvent } from '@p2p/contracts'
import type { ReactNode } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { fullName } from '../../ui/person.tsx'

/** What a line says in words: for the page and for the file. What has no words yet shows its code. */
export function useLineWords() {
  const { t, i18n } = useTranslation()
  const say = (key: string, otherwise: string) =>
    i18n.exists(`audit.${key}`) ? t(`audit.${key}` as 'audit.title') : otherwise

  const valueName = (value: unknown): string => {
    if (value === null || value === undefined) return t('audit.nothing')
    if (Array.isArray(value)) return value.map(valueName).join(', ')
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return say(`values.${text}`, text)
  }
  const subjectName = ({ subject, subject_kind, subject_id }: AuditEvent): string | null => {
    if (subject) return 'name' in subject ? subject.name : fullName(subject)
    if (subject_kind === 'queue') return subject_id
    return subject_kind && say(`kinds.${subject_kind}`, t('audit.kinds.other'))
  }
  return {
    actionName: (action: string) => say(`actions.${action}.name`, action),
    actorName: ({ actor, actor_id }: AuditEvent) =>
      actor ? fullName(actor) : actor_id ? t('audit.somebody') : t('audit.system'),
    subjectName,
    reason: ({ code }: AuditEvent) => (code ? t(`errors.${code}` as 'errors.internal') : null),
    /** What changed: the name of each thing, and its state before and after. */
    changes: ({ before, after }: AuditEvent) =>
      [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].map((key) => ({
        key,
        name: say(`fields.${key}`, key),
        before: before && key in before ? valueName(before[key]) : null,
        after: after && key in after ? valueName(after[key]) : null,
      })),
  }
}

/** The line as a sentence; names keep their own direction. */
export function Sentence({ event }: { event: AuditEvent }): ReactNode {
  const { t, i18n } = useTranslation()
  const words = useLineWords()
  const names = {
    actor: <bdi>{words.actorName(event)}</bdi>,
    subject: <bdi>{words.subjectName(event) ?? t('audit.kinds.other')}</bdi>,
  }
  const known = `audit.actions.${event.action}.done`
  if (event.outcome === 'refused' || !i18n.exists(known)) {
    const key = event.outcome === 'refused' ? 'audit.refusedLine' : 'audit.unknownDone'
    return (
      <Trans t={t} i18nKey={key} values={{ action: words.actionName(event.action) }} components={names} />
    )
  }
  return <Trans t={t} i18nKey={known as 'audit.refusedAbout'} components={names} />
}
