/**
 * Remembers where the thing a person looks at stands: what has the cursor if it is in sight, else the first block
 * on the screen. Call the answer after the page has changed, and it is scrolled back to that place.
 */
export function holdStill(): () => void {
  const written = writtenIn()
  const anchors = written ? [written, ...blocksInSight()] : blocksInSight()
  const places = anchors.map((element) => ({ element, top: element.getBoundingClientRect().top }))
  return () => {
    // The first of them may be what went away.
    const place = places.find(({ element }) => element.isConnected)
    const moved = place ? place.element.getBoundingClientRect().top - place.top : 0
    if (moved !== 0) window.scrollBy({ top: moved, behavior: 'instant' })
  }
}

function writtenIn(): Element | null {
  const element = document.activeElement
  return element?.matches('input, textarea, [contenteditable="true"]') && isInSight(element) ? element : null
}

/** Blocks that can be held carry `data-anchor`. */
const blocksInSight = (): Element[] => [...document.querySelectorAll('[data-anchor]')].filter(isInSight)

function isInSight(element: Element): boolean {
  const box = element.getBoundingClientRect()
  return box.bottom > 0 && box.top < window.innerHeight
}
