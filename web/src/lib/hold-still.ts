/**
 * Remembers where the thing a person looks at stands: what has the cursor if it is in sight, else the first block
 * on the screen. Call the answer after the page has changed, and it is scrolled back to that place.
 */
export function holdStill(): () => void {
  const anchor = writtenIn() ?? firstBlock()
  const before = anchor?.getBoundingClientRect().top ?? 0
  return () => {
    const moved = (anchor?.getBoundingClientRect().top ?? 0) - before
    if (moved !== 0) window.scrollBy({ top: moved, behavior: 'instant' })
  }
}

function writtenIn(): Element | null {
  const element = document.activeElement
  return element?.matches('input, textarea, [contenteditable="true"]') && isInSight(element) ? element : null
}

/** Blocks that can be held carry `data-anchor`. */
function firstBlock(): Element | null {
  return [...document.querySelectorAll('[data-anchor]')].find(isInSight) ?? null
}

function isInSight(element: Element): boolean {
  const box = element.getBoundingClientRect()
  return box.bottom > 0 && box.top < window.innerHeight
}
