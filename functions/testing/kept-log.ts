import { afterEach, beforeEach, vi } from 'vitest'

/** Keeps what functions log off the screen, and to hand: the lines of the test that runs. */
export function keptLog(): string[] {
  const lines: string[] = []
  beforeEach(() => {
    lines.length = 0
    vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)))
  })
  afterEach(() => void vi.restoreAllMocks())
  return lines
}
