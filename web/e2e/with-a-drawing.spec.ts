import { connect, openTopic, type Supabase, signIn as signInBy } from '@p2p/client'
import { attachmentLimits } from '@p2p/contracts'
import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, intercept, newVisitor } from './browser.ts'
import {
  forgetful,
  type Language,
  register,
  type Somebody,
  signIn,
  somebody,
  startWorld,
  type World,
  words,
} from './world.ts'

const people = { en: somebody('Ada', 'Lovelace', 'en'), ar: somebody('نورة', 'القحطاني', 'ar') }
const bob = somebody('Bob', 'Stranger', 'en')
const step = Buffer.from("ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('A pump'),'2;1');\nENDSEC;\n")

const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF')
/** In three pieces. */
const mesh = Buffer.alloc(84 + 50 * 270_000)
mesh.writeUInt32LE(270_000, 80)
const pieces = '**/storage/v1/upload/resumable/**'

let world: World
let photo: Buffer
let screenshot: Buffer

beforeAll(async () => {
  world = await startWorld()
  await Promise.all([...Object.values(people), bob].map((person) => register(world, person)))
  photo = await sharp({ create: { width: 1600, height: 900, channels: 3, background: '#2a6f6b' } })
    .jpeg()
    .toBuffer()
  screenshot = await sharp({ create: { width: 640, height: 400, channels: 3, background: '#b7791f' } })
    .png()
    .toBuffer()
})
afterAll(() => world?.stop())

async function client(person: Somebody): Promise<Supabase> {
  const supabase = connect({
    url: world.stack.urls.api,
    key: world.stack.keys.publishable,
    auth: forgetful(),
  })
  await signInBy(supabase, person)
  return supabase
}

const choose = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.locator('input[type=file]').first().setInputFiles(files)

/** Drags files over a place, as from the desktop; `drop` lets go of them there. */
async function dragOver(place: Locator, files: { name: string; type: string; bytes: string }[]) {
  const box = await place.boundingBox()
  const at = { clientX: (box?.x ?? 0) + 2, clientY: (box?.y ?? 0) + 2 }
  const dataTransfer = await place.page().evaluateHandle((files) => {
    const transfer = new DataTransfer()
    for (const { name, type, bytes } of files)
      transfer.items.add(
        new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name, { type }),
      )
    return transfer
  }, files)
  const init = { ...at, dataTransfer, bubbles: true, cancelable: true }
  await place.dispatchEvent('dragover', init)
  return { drop: () => place.dispatchEvent('drop', init) }
}

describe.each(['en', 'ar'] as const)('with pages in %s', (language: Language) => {
  const t = words[language]
  let page: Page
  let address: string

  beforeAll(async () => {
    const topic = await openTopic(await client(bob), {
      category: 'energy',
      title: 'A pump that leaks',
      body: {
        type: 'doc',
        content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Who has a drawing?' }] }],
      },
      visibility: 'community',
    })
    page = await newVisitor(world.browser, { language })
    await signIn(world, page, people[language])
    address = `${world.stack.urls.site}/forum/topics/${topic}`
    await page.goto(address)
    await page.getByText('Who has a drawing?').waitFor()
  })

  test('a photograph and a drawing are sent while the answer is written, and others have them', async () => {
    const field = page.getByRole('textbox', { name: t.forum.yourReply })
    await field.click()
    await page.keyboard.type('Here it is.')
    await choose(
      page,
      { name: 'pump.jpg', mimeType: 'image/jpeg', buffer: photo },
      { name: 'مضخة.step', mimeType: '', buffer: step },
    )
    await field.locator('img').waitFor()
    await field.getByText('مضخة.step').waitFor()
    await field.getByLabel(t.ui.picture.alt).fill('The pump from above')
    await expectSound(page, 'files in what is written')
    await page.getByRole('button', { name: t.forum.sendReply }).click()

    const post = page.getByRole('article').filter({ hasText: 'Here it is.' })
    const picture = post.getByRole('button', { name: /The pump from above/ })
    await picture.locator('img').waitFor()
    await expect
      .poll(() => picture.locator('img').evaluate((img: HTMLImageElement) => img.naturalWidth))
      .toBeGreaterThan(400)
    const place = await picture.boundingBox()
    expect((place?.width ?? 0) / (place?.height ?? 1)).toBeCloseTo(16 / 9, 1)
    await expectSound(page, 'files in a post')

    await picture.click()
    const large = page.getByRole('dialog', { name: 'The pump from above' })
    await large.getByRole('img', { name: 'The pump from above' }).waitFor()
    await expectSound(page, 'a picture, large')
    await page.keyboard.press('Escape')
    await large.waitFor({ state: 'detached' })

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      post.getByRole('button', { name: /مضخة\.step/ }).click(),
    ])
    expect(download.suggestedFilename()).toBe('مضخة.step')

    await page.setViewportSize({ width: 360, height: 800 })
    await post.scrollIntoViewIfNeeded()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectSound(page, 'files in a post, on a phone')
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('a picture that could not be fetched is fetched again with the connection', async () => {
    const pictures = /\/storage\/v1\/object\/sign\/.*token=/
    await intercept(page, pictures, (route) => route.abort('internetdisconnected'))
    await page.reload()
    const post = page.getByRole('article').filter({ hasText: 'Here it is.' })
    await post.getByText(t.ui.picture.missing).waitFor()
    await page.unroute(pictures)
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await post
      .getByRole('button', { name: /The pump from above/ })
      .locator('img')
      .waitFor()
  })

  test('a large file can be paused, and goes on where it was', async () => {
    let held = 0
    await intercept(page, pieces, (route) => {
      if (route.request().method() !== 'PATCH') return route.continue()
      held += 1
    })
    await choose(page, { name: 'housing.stl', mimeType: '', buffer: mesh })
    const act = (words: string) =>
      page.getByRole('button', { name: words.replace('{{name}}', '\u2068housing.stl\u2069') })
    await expect.poll(() => held).toBe(1)
    const send = page.getByRole('button', { name: t.forum.sendReply })
    expect(await send.isDisabled()).toBe(true)
    await expectSound(page, 'a file on its way')
    await act(t.attachments.pause).click()
    await act(t.attachments.resume).waitFor()
    await page.unroute(pieces)

    const creations: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/upload/resumable'))
        creations.push(request.url())
    })
    await act(t.attachments.resume).click()
    const field = page.getByRole('textbox', { name: t.forum.yourReply })
    await field.getByText('housing.stl').waitFor()
    expect(creations).toEqual([])
    await expect.poll(() => send.isDisabled()).toBe(false)
    await send.click()
    await page.getByRole('article').getByText('housing.stl').waitFor()
  })

  test('files that are dropped stand where they were let go, and a copied picture where one writes', async () => {
    const field = page.getByRole('textbox', { name: t.forum.yourReply })
    await field.click()
    await page.keyboard.type('Above.')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Below.')
    const files = [
      { name: 'plan.pdf', type: 'application/pdf', bytes: pdf.toString('base64') },
      { name: 'pump.jpg', type: 'image/jpeg', bytes: photo.toString('base64') },
    ]
    const over = await dragOver(field.getByText('Above.'), files)
    await page.getByText(t.ui.editor.dropFiles).waitFor()
    await over.drop()
    await page.getByText(t.ui.editor.dropFiles).waitFor({ state: 'detached' })
    // Writing goes on meanwhile, and moves nothing.
    await page.keyboard.type(' More.')
    await field.getByText('plan.pdf').waitFor()
    await field.locator('figure').waitFor()

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.evaluate(async (bytes) => {
      const copied = await (await fetch(`data:image/png;base64,${bytes}`)).blob()
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': copied })])
    }, screenshot.toString('base64'))
    await page.keyboard.press('Control+v')
    await field.locator('figure').nth(1).waitFor()
    const blocks = await field.evaluate((area) =>
      [...area.children].map((block) =>
        block.querySelector('figure, [data-node-view-wrapper]') ? 'file' : block.textContent,
      ),
    )
    expect(blocks).toEqual(['Above.', 'file', 'file', 'Below. More.', 'file', ''])
    await page.getByRole('button', { name: t.forum.sendReply }).click()
    await page.getByRole('article').filter({ hasText: 'Below. More.' }).getByText('plan.pdf').waitFor()
  })

  test('an upload outlives the page that shows it and a lost connection; a browser asks before it is ended', async () => {
    const act = (words: string) =>
      page.getByRole('button', { name: words.replace('{{name}}', '\u2068mesh.stl\u2069') })
    const lost = Promise.withResolvers<void>()
    await intercept(page, pieces, async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue()
      await page.context().setOffline(true)
      await route.abort('internetdisconnected')
      lost.resolve()
    })
    await choose(page, { name: 'mesh.stl', mimeType: '', buffer: mesh })
    await lost.promise
    await page.getByText(t.attachments.offline.split('{{')[0] ?? '').waitFor()
    await expectSound(page, 'a file that waits for the connection')
    await act(t.attachments.remove).waitFor()

    const asked = page.waitForEvent('dialog')
    await page.close({ runBeforeUnload: true })
    const question = await asked
    expect(question.type()).toBe('beforeunload')
    await question.dismiss()

    await page.getByRole('link', { name: t.forum.title, exact: true }).first().click()
    await page.getByRole('heading', { level: 1, name: t.forum.title }).waitFor()
    await page.unroute(pieces)
    await page.context().setOffline(false)
    await page.goBack()
    const field = page.getByRole('textbox', { name: t.forum.yourReply })
    await field.getByText('mesh.stl').waitFor()
    await page.getByRole('button', { name: t.forum.sendReply }).click()
    await page.getByRole('article').getByText('mesh.stl').waitFor()
  })

  test('what is not what it says is refused in words, and may be taken away', async () => {
    await choose(
      page,
      { name: 'pump.stl', mimeType: '', buffer: Buffer.from('<script>alert(1)</script>') },
      { name: 'run.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ') },
      { name: 'all.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(attachmentLimits.bytes + 1) },
    )
    await page.getByText(t.errors.attachment_too_large).waitFor()
    await page.getByText(t.errors.attachment_mismatch).waitFor()
    await page.getByText(t.errors.attachment_type_refused).waitFor()
    await expectSound(page, 'files that were refused')
    for (const name of ['pump.stl', 'run.exe', 'all.pdf'])
      await page
        .getByRole('button', { name: t.attachments.remove.replace('{{name}}', `\u2068${name}\u2069`) })
        .click()
    await page.getByRole('list', { name: t.attachments.uploads }).waitFor({ state: 'detached' })
  })
})
