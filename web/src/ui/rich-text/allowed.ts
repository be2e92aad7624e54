export const headingLevels = [2, 3, 4] as const

/** Only absolute web and mail addresses, as the database has it: no other scheme, nothing relative to this page. */
export function isAllowedLink(href: unknown): href is string {
  return (
    typeof href === 'string' &&
    /^(https?:\/\/|mailto:)[^\s\p{Cc}<>"`]{1,2048}$/iu.test(href) &&
    URL.canParse(href)
  )
}

/** What a person typed into the link field as an address, or null: `example.com` gains its https. */
export function toLink(typed: string): string | null {
  const text = typed.trim()
  if (/^[^\s@/:]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return `mailto:${text}`
  const href = /^[a-z][a-z\d+.-]*:/i.test(text) ? text : `https://${text}`
  return isAllowedLink(href) && (href.startsWith('mailto:') || new URL(href).hostname.includes('.'))
    ? href
    : null
}

/** A numbered list begins at a whole number that a person would write; anything else begins at one. */
export function firstNumber(value: unknown): number {
  const number = Number(value)
  return value !== null && Number.isInteger(number) && number >= 0 && number <= 9999 ? number : 1
}
