import { documentLimits } from '@p2p/contracts'

export const headingLevels = [2, 3, 4] as const

/** Code points, as the database counts them. */
const length = (text: string) => Array.from(text).length

const isText = (value: unknown, least: number, most: number): value is string =>
  typeof value === 'string' && length(value) >= least && length(value) <= most

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most

export const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)

/** What the database takes for a link: an absolute web or mail address, no other scheme, nothing that could end it. */
export const isStorableLink = (href: unknown): href is string =>
  isText(href, 1, 2048) &&
  /^(https?:\/\/|mailto:)./i.test(href) &&
  !/[\s\p{Cc}<>"`]/u.test(href) &&
  // A host with a letter written as %65 is another host than it seems.
  !/^https?:[/\\]*[^/\\?#]*%/i.test(href)

/** Storable, and a browser can read it too. */
export const isAllowedLink = (href: unknown): href is string => isStorableLink(href) && URL.canParse(href)

export const isHeadingLevel = (value: unknown) => headingLevels.some((level) => level === value)
export const isFirstNumber = (value: unknown): value is number => isWhole(value, 0, 9999)
export const isLanguage = (value: unknown) =>
  value === null || (typeof value === 'string' && /^[a-z0-9+#.-]{0,32}$/.test(value))
/** A name on one line, which turns nothing that stands around it. */
export const isPersonLabel = (value: unknown): value is string =>
  isText(value, 1, 160) && !/[\p{Cc}\u2028-\u202E\u2066-\u2069]/u.test(value)
export const isAlt = (value: unknown): value is string => isText(value, 0, 300)
export const isPixels = (value: unknown): value is number => isWhole(value, 1, 99_999)
export const isFileName = (value: unknown): value is string => isText(value, 1, 255)
export const isBytes = (value: unknown): value is number => isWhole(value, 0, 999_999_999_999)
export const isMediaType = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,100}$/.test(value)
export const isColumnSpan = (value: unknown): value is number =>
  isWhole(value, 1, documentLimits.tableColumns)
export const isRowSpan = (value: unknown): value is number => isWhole(value, 1, documentLimits.tableRows)
export const isColumnWidths = (value: unknown) =>
  value === null ||
  (Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= documentLimits.tableColumns &&
    value.every((width) => isWhole(width, 0, 9999)))

/** For an attribute of the schema: throws at what does not fit, as ProseMirror wants to be told. */
export const must = (fits: (value: unknown) => boolean) => (value: unknown) => {
  if (!fits(value)) throw new RangeError('An attribute holds what a document may not.')
}

export const orNull = (fits: (value: unknown) => boolean) => (value: unknown) => value === null || fits(value)

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
  return value !== null && isFirstNumber(number) ? number : 1
}
