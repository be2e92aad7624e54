export const postElement = (id: string) => document.getElementById(`post-${id}`)

/** Where a post begins: what is put in before it moves what can be seen only if it begins on the screen. */
export function beginningOf(id: string): 'above' | 'visible' | 'below' {
  const box = postElement(id)?.getBoundingClientRect()
  if (!box || box.top >= window.innerHeight) return 'below'
  return box.top <= 0 ? 'above' : 'visible'
}

/** Brings a post into view and gives it focus, so that a keyboard or a screen reader goes on from there. */
export function goToPost(id: string): boolean {
  const element = postElement(id)
  element?.scrollIntoView({ block: 'start' })
  element?.focus({ preventScroll: true })
  return element !== null
}
