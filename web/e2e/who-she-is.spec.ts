import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectSound, newVisitor } from './browser.ts'
import { register, signIn, somebody, startWorld, type World, words } from './world.ts'

const ada = somebody('Ada', 'Lovelace', 'en')
const noura = somebody('نورة', 'القحطاني', 'ar')
const t = words.en

let world: World
let hers: Page
let nouras: Page

beforeAll(async () => {
  world = await startWorld()
  await Promise.all([register(world, ada), register(world, noura)])
  hers = await newVisitor(world.browser, { language: 'en' })
  nouras = await newVisitor(world.browser, { language: 'ar' })
  await signIn(world, hers, ada)
  await signIn(world, nouras, noura)
})
afterAll(() => world?.stop())

const open = async (page: Page) => {
  await page.goto(`${world.stack.urls.site}/settings/profile`)
  await page.locator('input[name=first_name]').waitFor()
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** A photograph that says where it was taken. */
const photo = () =>
  sharp({ create: { width: 900, height: 600, channels: 3, background: '#2a6f97' } })
    .jpeg()
    .withExif({ IFD0: { Model: 'Camera 9' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '24/1 42/1 0/1' } })
    .toBuffer()

const choose = async (page: Page, buffer: Buffer, name = 'me.jpg', mimeType = 'image/jpeg') =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer })

const about = () => hers.getByRole('textbox', { name: t.profiles.about, exact: true })

/** Whether the browser has drawn it. */
const isDrawn = (image: Locator) =>
  image.evaluate((node: HTMLImageElement) => node.decode().then(() => node.naturalWidth > 0))

test('she chooses what is seen of a photograph, by keyboard alone, and everybody sees that', async () => {
  await open(hers)
  await choose(hers, await photo())
  const dialog = hers.getByRole('dialog', { name: t.ui.picture.cropTitle })
  const size = dialog.getByRole('slider', { name: t.ui.picture.zoom })
  await size.focus()
  for (let pressed = 0; pressed < 5; pressed++) await hers.keyboard.press('ArrowRight')
  expect(Number(await size.getAttribute('aria-valuenow'))).toBeGreaterThan(1)
  await dialog.getByRole('application', { name: t.ui.picture.area }).focus()
  await hers.keyboard.press('ArrowLeft')
  await dialog.getByRole('button', { name: t.ui.picture.turnRight }).press('Enter')
  await expectSound(hers, 'cutting a picture')
  await dialog.getByRole('button', { name: t.ui.picture.use }).press('Enter')
  await hers.getByText(t.ui.picture.done).waitFor()

  const shown = hers.getByRole('region', { name: t.profiles.picture }).locator('img')
  expect(await isDrawn(shown)).toBe(true)
  expect(await isDrawn(hers.locator('header img').first())).toBe(true)
  const address = await shown.evaluate((node: HTMLImageElement) => node.currentSrc)
  expect(address).toMatch(/\/avatars\/[0-9a-f-]{36}\/(64|192|512)\.avif$/)
  const bytes = Buffer.from(await (await fetch(address)).arrayBuffer())
  expect(bytes.includes('Camera 9')).toBe(false)
  expect(await sharp(bytes).metadata()).not.toHaveProperty('exif')
  await expectSound(hers, 'profile with a picture')
})

test('what is no picture is refused in words, and the picture stays', async () => {
  await open(hers)
  const picture = hers.getByRole('region', { name: t.profiles.picture })
  await choose(hers, Buffer.from('<svg onload="alert(1)"/>'), 'me.svg', 'image/svg+xml')
  await picture.getByText(t.errors.file_type_refused).waitFor()
  await choose(hers, Buffer.from('<!doctype html><script>alert(1)</script>'))
  await picture.getByText(t.errors.file_unreadable).waitFor()
  expect(await picture.locator('img').count()).toBe(1)
})

test('what she types is kept until it is saved, and seen as she says', async () => {
  await open(hers)
  await about().fill('Engines that count.\nAsk me about tables.')
  const knows = hers.getByLabel(t.profiles.expertise, { exact: true }).and(hers.locator('input'))
  await knows.fill('Programming')
  await knows.press('Enter')
  await knows.fill('programming')
  await knows.press('Enter')
  await hers.getByLabel(t.profiles.firstNameAr).fill('آدا')
  await hers.getByLabel(t.profiles.lastNameAr).fill('Lovelace')
  await hers.getByText(t.profiles.unsaved).waitFor()
  await hers.reload()

  await hers.getByText(t.profiles.restored).waitFor()
  expect(await about().inputValue()).toContain('Engines that count.')
  await press(hers, t.profiles.save)
  await hers.getByText(t.errors.arabic_name_invalid).waitFor()
  await hers.getByLabel(t.profiles.lastNameAr).fill('لوفليس')
  await hers.getByRole('radio', { name: t.profiles.audiences.organization }).check()
  const preview = hers.getByRole('complementary', { name: t.profiles.preview })
  await preview.getByText('Ask me about tables.').waitFor()
  await preview.getByText(t.profiles.previewHidden).waitFor()
  await press(hers, t.profiles.save)
  await hers.getByText(t.profiles.saved, { exact: true }).waitFor()
  await expectSound(hers, 'profile, saved')
})

test('another company sees her face and her Arabic name, and her words once she says so', async () => {
  const her = await hers.evaluate(async () => {
    const stored = Object.entries(localStorage).find(([key]) => key.endsWith('-auth-token'))
    return JSON.parse(stored?.[1] ?? '{}').user.id as string
  })
  const visit = async () => {
    await nouras.goto(`${world.stack.urls.site}/people/${her}`)
    await nouras.getByRole('heading', { level: 1, name: 'آدا لوفليس' }).waitFor()
  }
  await visit()
  expect(await isDrawn(nouras.getByRole('main').locator('img').first())).toBe(true)
  expect(await nouras.getByText('Ask me about tables.').count()).toBe(0)
  expect(await nouras.getByText(ada.email).count()).toBe(0)

  await hers.getByRole('radio', { name: t.profiles.audiences.community }).check()
  await press(hers, t.profiles.save)
  await hers.getByText(t.profiles.saved, { exact: true }).waitFor()
  await visit()
  await nouras.getByText('Ask me about tables.').waitFor()
  expect(await nouras.getByText(ada.email).count()).toBe(0)
})

test('in Arabic the page says the same, from right to left, and a picture goes when it is taken away', async () => {
  const { profiles, ui } = words.ar
  await open(nouras)
  await expectSound(nouras, 'الملف الشخصي')
  const name = nouras.getByLabel(profiles.firstName, { exact: true })
  expect(await name.evaluate((field) => getComputedStyle(field).direction)).toBe('rtl')
  expect(await nouras.getByLabel(profiles.firstNameAr).inputValue()).toBe('نورة')
  await choose(nouras, await photo())
  const dialog = nouras.getByRole('dialog', { name: ui.picture.cropTitle })
  await dialog.getByRole('slider').waitFor()
  await nouras.setViewportSize({ width: 360, height: 740 })
  await expectSound(nouras, 'اختيار جزء الصورة')
  await dialog.getByRole('button', { name: ui.picture.use }).click()
  await nouras.getByText(ui.picture.done).waitFor()
  await expectSound(nouras, 'الملف مع صورة')
  await press(nouras, ui.picture.remove)
  await nouras.getByText(ui.picture.removed).waitFor()
  expect(await nouras.getByRole('region', { name: profiles.picture }).locator('img').count()).toBe(0)
})
