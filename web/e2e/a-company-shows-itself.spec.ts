import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { expectSound, newVisitor, withLanguage } from './browser.ts'
import { register, signIn, somebody, startWorld, type World, words } from './world.ts'

const t = words.en
const ada = somebody('Ada', 'Lovelace', 'en')
const bob = somebody('Bob', 'Hopper', 'ar')
const number = '7001272124'

let registry: Server
let world: World
let hers: Page
let his: Page

/** A register that knows one company. */
function openRegistry(): Promise<Server> {
  const server = createServer((request, response) => {
    const known = request.url === `/info/${number}?language=ar`
    const status = { id: 1, name: 'نشط' }
    const company = { crNationalNumber: number, name: 'شركة مصنع نجد للسباكة المحدودة', status }
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(known ? company : { code: '404.2.1' }))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

beforeAll(async () => {
  registry = await openRegistry()
  vi.stubEnv('REGISTRY_URL', `http://127.0.0.1:${(registry.address() as AddressInfo).port}`)
  vi.stubEnv('REGISTRY_API_KEY', 'a-key-for-tests')
  world = await startWorld()
  await register(world, ada)
  await register(world, bob)
  hers = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, hers, ada)
  his = await newVisitor(world.browser, { language: 'ar' })
  await signIn(world, his, bob)
})
afterAll(async () => {
  await world?.stop()
  registry?.closeAllConnections()
  registry?.close()
  vi.unstubAllEnvs()
})

const goTo = (page: Page, path: string) => page.goto(`${world.stack.urls.site}${path}`)
const field = (page: Page, label: string) => page.getByRole('main').getByLabel(label, { exact: true })

test('Ada tells what her company is, and is told at the field what does not fit', async () => {
  await goTo(hers, '/company/profile')
  await field(hers, t.organizations.name).fill('Najd Castings')
  await field(hers, t.organizations.nameAr).fill('مصنع نجد للسباكة')
  await field(hers, t.organizations.industry).selectOption('24')
  await field(hers, t.organizations.size).selectOption('small')
  await field(hers, t.organizations.city).selectOption('108410')
  await field(hers, t.organizations.website).fill('http://najd.example')
  await field(hers, t.organizations.about).fill('Grey iron for pumps.\nSince 1998.')
  await hers.getByText(t.errors.website_invalid).waitFor()
  await field(hers, t.organizations.website).fill('najd.example')
  await hers.getByRole('button', { name: t.organizations.save, exact: true }).click()
  await hers.getByText(t.organizations.saved).waitFor()
  await expectSound(hers, 'the company profile')
  expect(await field(hers, t.organizations.website).inputValue()).toBe('https://najd.example/')
})

test('what she typed and did not save is there when she comes back', async () => {
  await field(hers, t.organizations.about).fill('Grey iron for pumps and valves.')
  await goTo(hers, '/forum')
  await goTo(hers, '/company/profile')
  await hers.getByText(t.organizations.restored).waitFor()
  expect(await field(hers, t.organizations.about).inputValue()).toBe('Grey iron for pumps and valves.')
  await hers.getByRole('button', { name: t.organizations.discard }).click()
  expect(await field(hers, t.organizations.about).inputValue()).toBe('Grey iron for pumps.\nSince 1998.')
})

test('when two write at once, neither overwrites the other', async () => {
  const elsewhere = await withLanguage(world.browser, hers.context(), 'ar')
  const { organizations, errors } = words.ar
  await goTo(elsewhere, '/company/profile')
  await field(elsewhere, organizations.about).waitFor()
  await field(hers, t.organizations.size).selectOption('medium')
  await hers.getByRole('button', { name: t.organizations.save, exact: true }).click()
  await hers.getByText(t.organizations.saved).waitFor()

  await field(elsewhere, organizations.website).fill('https://najd.example/about')
  await elsewhere.getByRole('button', { name: organizations.save, exact: true }).click()
  await elsewhere.getByText(errors.changed_meanwhile).waitFor()
  await vi.waitFor(async () => expect(await field(elsewhere, organizations.size).inputValue()).toBe('medium'))
  await elsewhere.getByRole('button', { name: organizations.save, exact: true }).click()
  await elsewhere.getByText(organizations.saved).waitFor()
  await expectSound(elsewhere, 'the company profile in Arabic')
})

test('the register vouches for her number, not for a wrong one', async () => {
  const registration = t.organizations.registration
  await goTo(hers, '/company/profile')
  await field(hers, registration.number).fill('7001272125')
  await hers.getByRole('button', { name: registration.check }).click()
  await hers.getByText(t.errors.registration_number_invalid).waitFor()
  await field(hers, registration.number).fill('1010 002 476')
  await hers.getByRole('button', { name: registration.check }).click()
  await hers.getByText(registration.because.not_found).waitFor()
  await field(hers, registration.number).fill('٧٠٠١٢٧٢١٢٤')
  await hers.getByRole('button', { name: registration.checkAgain }).click()
  await hers.getByText(registration.because.verified).waitFor()
  await expectSound(hers, 'the company profile with a verified number')
})

test('Bob finds the company and its people, in his language and narrowed as he likes', async () => {
  const { directory, organizations } = words.ar
  await goTo(his, '/organizations')
  const companies = his.getByRole('list', { name: directory.organizations })
  const others = companies.getByRole('listitem').filter({ hasNotText: 'مصنع نجد للسباكة' })
  await others.first().waitFor()
  await field(his, directory.register).selectOption('yes')
  await others.first().waitFor({ state: 'detached' })
  await field(his, directory.searchOrganizations).fill('نجد')
  await companies.getByRole('link', { name: 'مصنع نجد للسباكة' }).waitFor()
  await his.waitForURL(/q=/)
  await field(his, organizations.city).selectOption('108410')
  await vi.waitFor(() => expect(his.url()).toMatch(/verified=yes/))
  await expectSound(his, 'the companies')
  await companies.getByRole('link', { name: 'مصنع نجد للسباكة' }).click()

  await his.getByRole('heading', { level: 1, name: 'مصنع نجد للسباكة' }).waitFor()
  await his.getByText(directory.verified, { exact: true }).waitFor()
  const website = his.getByRole('link', { name: 'najd.example/about' })
  expect(await website.getAttribute('rel')).toBe('nofollow noopener noreferrer')
  expect(await his.content()).not.toContain(number)
  await expectSound(his, 'a company')
  await his.getByRole('link', { name: 'Ada Lovelace' }).click()
  await his.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor()
  await expectSound(his, 'a person')
  expect(await his.content()).not.toContain(ada.email)
})

test('people are found by a name half remembered, and the address keeps what was asked', async () => {
  const { directory } = words.ar
  await goTo(his, '/people')
  await field(his, directory.searchPeople).fill('lovlace')
  const people = his.getByRole('list', { name: directory.people })
  await people.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
  await his.waitForURL(/q=lovlace/)
  await expectSound(his, 'the people')
  await his.reload()
  await people.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
  expect(await field(his, directory.searchPeople).inputValue()).toBe('lovlace')
  await field(his, directory.searchPeople).fill('zzzzzz')
  await his.getByRole('heading', { name: directory.nobody }).waitFor()
  await his.getByRole('button', { name: directory.clear }).click()
  await people.getByRole('link', { name: 'Bob Hopper' }).waitFor()
})

test('an address that leads to nobody says so', async () => {
  const { directory } = words.ar
  await goTo(his, '/people/00000000-0000-4000-8000-000000000000')
  await his.getByRole('heading', { level: 1, name: directory.noSuchPerson }).waitFor()
  await goTo(his, '/organizations/not-an-id')
  await his.getByRole('heading', { level: 1, name: directory.noSuchOrganization }).waitFor()
  await expectSound(his, 'no company')
})
