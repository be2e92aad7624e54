import { type Letter, summaryOf } from './letters.ts'

const term = /(?:(to|from|subject|message-id):)?(?:"([^"]*)"|(\S+))/gi

/** Mailpit's search as far as tests use it: `to:`, `from:`, `subject:`, and words anywhere; all must hold. */
export function matches(letter: Letter, query: string): boolean {
  return [...query.matchAll(term)].every(([, field, quoted, word]) => {
    const wanted = (quoted ?? word ?? '').toLowerCase()
    return textOf(letter, field?.toLowerCase()).toLowerCase().includes(wanted)
  })
}

function textOf(letter: Letter, field: string | undefined): string {
  const { From, To, Cc, Subject, MessageID } = summaryOf(letter)
  const people = (list: { Name: string; Address: string }[]) =>
    list.map((one) => `${one.Name} ${one.Address}`)
  if (field === 'to') return [...people(To), ...people(Cc), ...letter.envelope.to].join(' ')
  if (field === 'from') return [...people([From]), letter.envelope.from].join(' ')
  if (field === 'subject') return Subject
  if (field === 'message-id') return MessageID
  return [Subject, ...people([From]), ...people(To), letter.parsed.text ?? '', letter.parsed.html ?? ''].join(
    ' ',
  )
}
