/** Makes of what other programs put on the clipboard plain HTML that says the same; its looks the schema leaves out. */
export function cleanPaste(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  writeOutNumbers(body)
  renameHeadings(body)
  makeWordLists(body)
  nestLists(body)
  for (const line of body.querySelectorAll('p[class^="Mso"], :is(h2, h3, h4)')) {
    if (!line.textContent?.trim() && !line.closest('td, th')) line.remove()
  }
  removeGaps(body)
  flattenTables(body)
  return body.innerHTML
}

/**
 * The files that were dropped or pasted. Word and Excel put a picture of the text beside the text itself, which is not
 * meant; a browser puts the address of a picture beside it, which is.
 */
export function filesIn(transfer: DataTransfer | null): File[] {
  const html = transfer?.getData('text/html')
  return html && !isPictureAlone(html) ? [] : [...(transfer?.files ?? [])]
}

function isPictureAlone(html: string): boolean {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return body.querySelector('img') !== null && !body.textContent?.trim()
}

/** Text alone: without the two things that cannot be stored. */
export const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', '')

// A post begins at the second level: the first is the topic's own title.
function renameHeadings(body: HTMLElement) {
  const levels = { h1: 'h2', h5: 'h4', h6: 'h4' }
  for (const [from, to] of Object.entries(levels)) {
    for (const heading of body.querySelectorAll(from)) {
      const renamed = document.createElement(to)
      renamed.append(...heading.childNodes)
      heading.replaceWith(renamed)
    }
  }
}

type Place = { id: string; level: number }

/** Where Word says that an element stands in a list: in which one, and how deep. */
function placeOf(element: Element | null): Place | null {
  const { list, level, number } =
    /mso-list:\s*(?<list>l\d+)\s+level(?<level>\d+)\s*(?<number>lfo\d+)?/i.exec(
      element?.getAttribute('style') ?? '',
    )?.groups ?? {}
  return list ? { id: `${list} ${number}`, level: Number(level) } : null
}

/** Takes out what Word typed before an item, a bullet or a number, and answers it. */
function takeMarker(element: Element): string {
  const markers = [...element.querySelectorAll('[style*="mso-list" i]')]
  for (const each of markers) each.remove()
  return markers
    .map(({ textContent }) => textContent)
    .join('')
    .trim()
}

// "See 2.3" means nothing without it.
function writeOutNumbers(body: HTMLElement) {
  for (const heading of body.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    if (!placeOf(heading)) continue
    const marker = takeMarker(heading)
    if (isNumber(marker)) heading.prepend(`${marker} `)
  }
}

// A letter alone is no number: Word's second bullet is an o.
const isNumber = (marker: string) => /^\(?(\p{Nd}|\p{L}+[.)-])/u.test(marker)

type OpenList = Place & { list: HTMLElement }

/** Word writes a list as paragraphs that know their level; what is a list already knows it too, and stays one. */
function makeWordLists(body: HTMLElement) {
  const isItem = (element: Element | null): element is HTMLElement =>
    element?.tagName === 'P' && placeOf(element) !== null
  for (const first of body.querySelectorAll('p[style*="mso-list" i]')) {
    if (!isItem(first) || !body.contains(first)) continue
    const items: HTMLElement[] = []
    for (let next: Element | null = first; isItem(next); next = next.nextElementSibling) items.push(next)
    const open: OpenList[] = []
    const root = document.createElement('div')
    first.before(root)
    for (const paragraph of items) addItem(root, open, paragraph)
    root.replaceWith(...root.childNodes)
  }
}

function addItem(root: HTMLElement, open: OpenList[], paragraph: HTMLElement) {
  const place = placeOf(paragraph)
  if (!place) return
  const marker = takeMarker(paragraph)
  while ((open.at(-1)?.level ?? 0) > place.level) open.pop()
  // Another list that begins right below this one.
  if (open.at(-1)?.level === place.level && open.at(-1)?.id !== place.id) open.pop()
  let current = open.at(-1)
  if (!current || current.level < place.level) {
    const list = document.createElement(isNumber(marker) ? 'ol' : 'ul')
    const number = /^\d+/.exec(marker)?.[0]
    if (number && number !== '1') list.setAttribute('start', number)
    const above = current?.list.lastElementChild ?? root
    above.append(list)
    current = { ...place, list }
    open.push(current)
  }
  const item = document.createElement('li')
  const words = document.createElement('p')
  words.append(...paragraph.childNodes)
  item.append(words)
  current.list.append(item)
  paragraph.remove()
}

/** A list right within a list, as Google Docs and Word for the web write one, belongs to the item before it. */
function nestLists(body: HTMLElement) {
  // The innermost first: a list of nothing but a list is that list.
  for (const list of [...body.querySelectorAll(':is(ul, ol) > :is(ul, ol)')].reverse()) {
    if (list.previousElementSibling?.tagName === 'LI') list.previousElementSibling.append(list)
    else list.replaceWith(...list.childNodes)
  }
}

const blocks = 'p, h1, h2, h3, h4, ul, ol, li, table, div, blockquote, pre'

/** Google Docs parts paragraphs by line breaks of their own, which would be paragraphs without words. */
function removeGaps(body: HTMLElement) {
  for (const gap of body.querySelectorAll('br')) {
    if (gap.className === 'Apple-interchange-newline') gap.remove()
    if (!gap.parentElement?.querySelector(`:scope > :is(${blocks})`)) continue
    let before = gap.previousSibling
    while (before?.nodeType === Node.TEXT_NODE && !before.textContent?.trim()) before = before.previousSibling
    if (!before || (before instanceof Element && before.matches(blocks))) gap.remove()
  }
}

/** A table in a cell, a list or a quotation becomes its cells' paragraphs: there a document has no place for one. */
function flattenTables(body: HTMLElement) {
  for (const table of body.querySelectorAll(':is(td, th, li, blockquote) table')) {
    const paragraphs = [...table.querySelectorAll('td, th')].map((cell) => {
      const paragraph = document.createElement('p')
      paragraph.textContent = cell.textContent?.trim() ?? ''
      return paragraph
    })
    table.replaceWith(...paragraphs.filter(({ textContent }) => textContent))
  }
}
