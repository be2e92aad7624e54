import { describe, expect, it, vi } from 'vitest'
import { person, visitor } from './world.ts'

/* What Auth can do for people where it is switched on, which this project does not: each says so. */

const id = '00000000-0000-4000-8000-000000000000'
const noServer = { status: 404, code: 'feature_disabled', message: 'OAuth server is disabled' }
const noPasskeys = { status: 404, code: 'passkey_disabled', message: 'Passkeys are disabled' }

async function expectOff(call: Promise<{ error: unknown }>, refusal: object): Promise<void> {
  expect((await call).error).toMatchObject(refusal)
}

const signedIn = async () => (await person('Ada')).client.auth

describe('auth.oauth.getAuthorizationDetails', () => {
  it('off: answered as where it is off', async () => {
    const { oauth } = await signedIn()
    await expectOff(oauth.getAuthorizationDetails(id), noServer)
  })
})

describe('auth.oauth.approveAuthorization', () => {
  it('off: answered as where it is off', async () => {
    const { oauth } = await signedIn()
    await expectOff(oauth.approveAuthorization(id), noServer)
  })
})

describe('auth.oauth.denyAuthorization', () => {
  it('off: answered as where it is off', async () => {
    const { oauth } = await signedIn()
    await expectOff(oauth.denyAuthorization(id), noServer)
  })
})

describe('auth.oauth.listGrants', () => {
  it('off: answered as where it is off', async () => {
    const { oauth } = await signedIn()
    await expectOff(oauth.listGrants(), noServer)
  })
})

describe('auth.oauth.revokeGrant', () => {
  it('off: answered as where it is off', async () => {
    const { oauth } = await signedIn()
    await expectOff(oauth.revokeGrant({ clientId: id }), noServer)
  })
})

const credential = { id: 'x', rawId: 'x', type: 'public-key' as const, clientExtensionResults: {} }
const registered = {
  challengeId: id,
  credential: { ...credential, response: { clientDataJSON: 'x', attestationObject: 'x', transports: [] } },
}
const shown = {
  challengeId: id,
  credential: { ...credential, response: { clientDataJSON: 'x', authenticatorData: 'x', signature: 'x' } },
}

/** The client asks the browser whether it can do it before it asks Auth. */
async function inBrowser<T>(act: () => Promise<T>): Promise<T> {
  const credentials = { create: () => null, get: () => null }
  vi.stubGlobal('window', { PublicKeyCredential: class {} })
  vi.stubGlobal('document', {})
  vi.stubGlobal('navigator', { credentials })
  return act().finally(() => vi.unstubAllGlobals())
}

describe('auth.signInWithPasskey', () => {
  it('off: answered as where it is off', async () => {
    const { auth } = visitor()
    await expectOff(
      inBrowser(() => auth.signInWithPasskey()),
      noPasskeys,
    )
  })
})

describe('auth.registerPasskey', () => {
  it('off: answered as where it is off', async () => {
    const auth = await signedIn()
    await expectOff(
      inBrowser(() => auth.registerPasskey()),
      noPasskeys,
    )
  })
})

describe('auth.passkey.startRegistration', () => {
  it('off: answered as where it is off', async () => {
    const { passkey } = await signedIn()
    await expectOff(passkey.startRegistration(), noPasskeys)
  })
})

describe('auth.passkey.verifyRegistration', () => {
  it('off: answered as where it is off', async () => {
    const { passkey } = await signedIn()
    await expectOff(passkey.verifyRegistration(registered), noPasskeys)
  })
})

describe('auth.passkey.list', () => {
  it('off: answered as where it is off', async () => {
    const { passkey } = await signedIn()
    await expectOff(passkey.list(), noPasskeys)
  })
})

describe('auth.passkey.update', () => {
  it('off: answered as where it is off', async () => {
    const { passkey } = await signedIn()
    await expectOff(passkey.update({ passkeyId: id, friendlyName: 'Works' }), noPasskeys)
  })
})

describe('auth.passkey.delete', () => {
  it('off: answered as where it is off', async () => {
    const { passkey } = await signedIn()
    await expectOff(passkey.delete({ passkeyId: id }), noPasskeys)
  })
})

describe('auth.passkey.startAuthentication', () => {
  it('off: answered as where it is off', () =>
    expectOff(visitor().auth.passkey.startAuthentication(), noPasskeys))
})

describe('auth.passkey.verifyAuthentication', () => {
  it('off: answered as where it is off', () =>
    expectOff(visitor().auth.passkey.verifyAuthentication(shown), noPasskeys))
})
