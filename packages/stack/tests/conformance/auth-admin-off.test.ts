import { describe, expect, it } from 'vitest'
import { admin, person } from './world.ts'

/* What Auth can do where it is switched on, which this project does not: each says so. */

const people = admin.auth.admin
const id = '00000000-0000-4000-8000-000000000000'

const noServer = { status: 404, code: 'feature_disabled', message: 'OAuth server is disabled' }
const noProviders = { status: 404, code: 'feature_disabled', message: 'Custom OAuth providers are disabled' }

async function expectOff(call: Promise<{ error: unknown }>, refusal: object): Promise<void> {
  expect((await call).error).toMatchObject(refusal)
}

const { oauth, customProviders } = people
const application = { client_name: 'Works', redirect_uris: ['https://works.example/back'] }

describe('auth.admin.oauth.listClients', () => {
  it('off: answered as where it is off', () => expectOff(oauth.listClients(), noServer))
})

describe('auth.admin.oauth.createClient', () => {
  it('off: answered as where it is off', () => expectOff(oauth.createClient(application), noServer))
})

describe('auth.admin.oauth.getClient', () => {
  it('off: answered as where it is off', () => expectOff(oauth.getClient(id), noServer))
})

describe('auth.admin.oauth.updateClient', () => {
  it('off: answered as where it is off', () =>
    expectOff(oauth.updateClient(id, { client_name: 'Works' }), noServer))
})

describe('auth.admin.oauth.deleteClient', () => {
  it('off: answered as where it is off', () => expectOff(oauth.deleteClient(id), noServer))
})

describe('auth.admin.oauth.regenerateClientSecret', () => {
  it('off: answered as where it is off', () => expectOff(oauth.regenerateClientSecret(id), noServer))
})

const provider = {
  provider_type: 'oidc' as const,
  identifier: 'custom:works',
  name: 'Works',
  client_id: 'works',
  client_secret: 'secret',
  issuer: 'https://works.example',
}

describe('auth.admin.customProviders.listProviders', () => {
  it('off: answered as where it is off', () => expectOff(customProviders.listProviders(), noProviders))
})

describe('auth.admin.customProviders.createProvider', () => {
  it('off: answered as where it is off', () =>
    expectOff(customProviders.createProvider(provider), noProviders))
})

describe('auth.admin.customProviders.getProvider', () => {
  it('off: answered as where it is off', () =>
    expectOff(customProviders.getProvider('custom:works'), noProviders))
})

describe('auth.admin.customProviders.updateProvider', () => {
  it('off: answered as where it is off', () =>
    expectOff(customProviders.updateProvider('custom:works', { name: 'Works' }), noProviders))
})

describe('auth.admin.customProviders.deleteProvider', () => {
  it('off: answered as where it is off', () =>
    expectOff(customProviders.deleteProvider('custom:works'), noProviders))
})

describe('auth.admin.passkey.listPasskeys', () => {
  it('off: finds none', async () => {
    const ada = await person('Ada')
    expect(await people.passkey.listPasskeys({ userId: ada.id })).toEqual({ data: [], error: null })
    const nobody = await people.passkey.listPasskeys({ userId: id })
    expect(nobody.error).toMatchObject({ status: 404, code: 'user_not_found' })
  })
})

describe('auth.admin.passkey.deletePasskey', () => {
  it('off: finds none to remove', async () => {
    const ada = await person('Ada')
    const { error } = await people.passkey.deletePasskey({ userId: ada.id, passkeyId: id })
    expect(error).toMatchObject({ status: 404, message: 'Passkey not found' })
  })
})
