import { describe, expect, it } from 'vitest'
import { admin, freshEmail, metadata } from './world.ts'

describe('auth.admin.createUser', () => {
  it('makes a person', async () => {
    const { error } = await admin.auth.admin.createUser({
      email: freshEmail('ada'),
      email_confirm: true,
      user_metadata: metadata('Ada'),
    })
    expect(error).toBeNull()
  })
})
