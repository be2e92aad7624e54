import Bowser from 'bowser'

export type Device = { browser: string; system: string; kind: 'phone' | 'computer' }

/** What a browser says of itself, as a person would; null where it says nothing that people know. */
export function deviceOf(userAgent: string | null): Device | null {
  if (!userAgent) return null
  const { browser, os, platform } = Bowser.parse(userAgent)
  if (!browser.name || !os.name) return null
  return {
    browser: browser.name,
    system: os.name,
    kind: platform.type === 'mobile' || platform.type === 'tablet' ? 'phone' : 'computer',
  }
}
