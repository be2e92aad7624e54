import { describe, expect, it, vi } from 'vitest'
import { hashIn, mailTo, sessionOf, told } from './auth-world.ts'
import { password, person, visitor } from './world.ts'

describe('auth.startAutoRefresh', () => {
  it('refreshes a session that is about to end', async () => {
    const ada = await person('Ada')
    const session = await sessionOf(ada.client)
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    }
    const client = visitor({ auth: { storage, storageKey: 'session', persistSession: true } })
    await client.auth.initialize()
    kept.set('session', JSON.stringify({ ...session, expires_at: Math.floor(Date.now() / 1000) + 20 }))
    const events: string[] = []
    client.auth.onAuthStateChange((event) => void events.push(event))
    await client.auth.startAutoRefresh()
    await vi.waitFor(() => expect(events).toContain('TOKEN_REFRESHED'))
    await client.auth.stopAutoRefresh()
  })
})

describe('auth.stopAutoRefresh', () => {
  it('leaves a session to its end', async () => {
    const ada = await person('Ada')
    await ada.client.auth.startAutoRefresh()
    await ada.client.auth.stopAutoRefresh()
    expect((await sessionOf(ada.client)).access_token).toBe(ada.token)
  })
})

describe('auth.onAuthStateChange INITIAL_SESSION', () => {
  it('comes first, with the session there is', async () => {
    const ada = await person('Ada')
    expect(await told(ada.client, async () => {})).toEqual(['INITIAL_SESSION'])
  })
})

describe('auth.onAuthStateChange SIGNED_IN', () => {
  it('comes when somebody signs in', async () => {
    const { email } = await person('Ada')
    const client = visitor()
    const events = await told(client, () => client.auth.signInWithPassword({ email, password }))
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
  })
})

describe('auth.onAuthStateChange SIGNED_OUT', () => {
  it('comes when somebody signs out', async () => {
    const { client } = await person('Ada')
    expect(await told(client, () => client.auth.signOut())).toEqual(['INITIAL_SESSION', 'SIGNED_OUT'])
  })
})

describe('auth.onAuthStateChange TOKEN_REFRESHED', () => {
  it('comes with each refresh', async () => {
    const { client } = await person('Ada')
    const events = await told(client, () => client.auth.refreshSession())
    expect(events).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED'])
  })
})

describe('auth.onAuthStateChange USER_UPDATED', () => {
  it('comes when somebody changes their account', async () => {
    const { client } = await person('Ada')
    const events = await told(client, () => client.auth.updateUser({ data: { mood: 'good' } }))
    expect(events).toEqual(['INITIAL_SESSION', 'USER_UPDATED'])
  })
})

describe('auth.onAuthStateChange PASSWORD_RECOVERY', () => {
  it('comes when somebody shows the token that they forgot their password by', async () => {
    const { email } = await person('Ada')
    const client = visitor()
    await client.auth.resetPasswordForEmail(email)
    const token_hash = hashIn(await mailTo(email))
    const events = await told(client, () => client.auth.verifyOtp({ token_hash, type: 'recovery' }))
    expect(events).toEqual(['INITIAL_SESSION', 'PASSWORD_RECOVERY'])
  })
})
