/** The post that the part of an address after its # points to. */
export const postInAddress = (hash: string): string | null =>
  /^post-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(hash)?.[1] ?? null

export const postElement = (id: string) => document.getElementById(`post-${id}`)

/** The post that stands behind another one on the page; null where it is the last. */
export function postBehind(id: string): string | null {
  const posts = [...document.querySelectorAll('article[id^="post-"]')].map((post) => post.id)
  const place = posts.indexOf(`post-${id}`)
  return place < 0 ? null : (posts[place + 1]?.slice('post-'.length) ?? null)
}

/** Where a post begins: what is put in before it moves what can be seen only if it begins on the screen. */
export function beginningOf(id: string): 'above' | 'visible' | 'below' {
  const box = postElement(id)?.getBoundingClientRect()
  if (!box || box.top >= window.innerHeight) return 'below'
  return box.top <= 0 ? 'above' : 'visible'
}

/** Gives the focus to a post where it stands, for whom what they pressed there has gone. */
export function focusPost(id: string): boolean {
  const element = postElement(id)
  element?.focus({ preventScroll: true })
  return element !== null
}

/** Brings a post into view and gives it focus, so that a keyboard or a screen reader goes on from there. */
export function goToPost(id: string): boolean {
  const element = postElement(id)
  element?.scrollIntoView({ block: 'start' })
  element?.focus({ preventScroll: true })
  return element !== null
}
