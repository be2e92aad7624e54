import { Liquid } from 'liquidjs'

/*
 * Supabase writes its mail templates in Go's template language. Of it the subset that mails need is turned into
 * Liquid; whatever else is in double braces is refused with its text, instead of being sent to people.
 */
const asHtml = new Liquid({ outputEscape: 'escape', jsTruthy: true, ownPropertyOnly: true })
const asText = new Liquid({ jsTruthy: true, ownPropertyOnly: true })

const tag = /\{\{(-?)\s*([\s\S]*?)\s*(-?)\}\}/g
const path = /^\.([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)$/
const comparison = /^(eq|ne)\s+(\.\S+)\s+("[^"]*")$/

function condition(source: string): string {
  const plain = path.exec(source)
  if (plain?.[1]) return plain[1]
  const [, operator, left, right] = comparison.exec(source) ?? []
  const name = path.exec(left ?? '')?.[1]
  if (!name || !right)
    throw new Error(`A mail template has a condition that is not understood: {{ if ${source} }}`)
  return `${name} ${operator === 'eq' ? '==' : '!='} ${right}`
}

function statement(source: string): { open: '{{' | '{%'; text: string } {
  const name = path.exec(source)?.[1]
  if (name) return { open: '{{', text: name }
  if (source === 'end') return { open: '{%', text: 'endif' }
  if (source === 'else') return { open: '{%', text: 'else' }
  const [, start, test] = /^(if|else if)\s+([\s\S]+)$/.exec(source) ?? []
  if (!start || !test) throw new Error(`A mail template says what is not understood: {{ ${source} }}`)
  return { open: '{%', text: `${start === 'if' ? 'if' : 'elsif'} ${condition(test)}` }
}

const toLiquid = (template: string): string =>
  template.replace(tag, (_, trimBefore: string, source: string, trimAfter: string) => {
    const { open, text } = statement(source)
    return `${open}${trimBefore} ${text} ${trimAfter}${open === '{{' ? '}}' : '%}'}`
  })

export type Values = Record<string, unknown>

/** What people wrote is escaped. */
export const renderHtml = async (template: string, values: Values): Promise<string> =>
  asHtml.parseAndRender(toLiquid(template), values)

/** For subjects: plain text, one line. */
export const renderText = async (template: string, values: Values): Promise<string> => {
  const text: string = await asText.parseAndRender(toLiquid(template), values)
  return text.replace(/\s+/g, ' ').trim()
}
