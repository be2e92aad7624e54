import { beforeEach, describe, expect, test, vi } from 'vitest'
import { keepSession, sessionKeeper } from './session-keeper.ts'

/** What the browser forgets when it is closed. */
function closeBrowser() {
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
  document.cookie = 'browser-is-open=1; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT'
}

beforeEach(() => {
  vi.restoreAllMocks()
  localStorage.clear()
  closeBrowser()
})

describe('a session', () => {
  test('that is to be remembered outlives the browser', () => {
    keepSession({ remember: true })
    sessionKeeper.setItem('session', 'ada')
    closeBrowser()
    expect(sessionKeeper.getItem('session')).toBe('ada')
  })

  test('that is not ends with the browser, for every tab of the next', () => {
    keepSession({ remember: false })
    sessionKeeper.setItem('session', 'ada')
    expect(sessionKeeper.getItem('session')).toBe('ada')
    closeBrowser()
    expect(sessionKeeper.getItem('session')).toBeNull()
    expect(localStorage.getItem('session')).toBeNull()
  })

  test('that follows is kept as it was asked for', () => {
    keepSession({ remember: false })
    keepSession({ remember: true })
    sessionKeeper.setItem('session', 'ada')
    closeBrowser()
    expect(sessionKeeper.getItem('session')).toBe('ada')
    sessionKeeper.removeItem('session')
    expect(sessionKeeper.getItem('session')).toBeNull()
  })

  test('lives as long as the page where the browser keeps nothing', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('full')
    })
    sessionKeeper.setItem('session', 'ada')
    expect(sessionKeeper.getItem('session')).toBe('ada')
    sessionKeeper.removeItem('session')
    expect(sessionKeeper.getItem('session')).toBeNull()
  })
})
