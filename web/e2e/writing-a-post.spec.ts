import { connect, openTopic, type Supabase, signIn as signInBy } from '@p2p/client'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectSound, hold, newVisitor, withLanguage } from './browser.ts'
import { fromExcel, fromGoogleDocs, fromWord } from './clipboard.ts'
import { sql } from './database.ts'
import { forgetful, register, signIn, somebody, startWorld, type World, words } from './world.ts'

const t = words.en
const ada = somebody('Ada', 'Lovelace', 'en')
const bob = somebody('Bob', 'Stranger', 'en')

let world: World
let hers: Page
let his: Supabase
let topic: string
let field: Locator

const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] })

beforeAll(async () => {
  world = await startWorld()
  await Promise.all([register(world, ada), register(world, bob)])
  hers = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, hers, ada)
  const { api } = world.stack.urls
  his = connect({ url: api, key: world.stack.keys.publishable, auth: forgetful() })
  await signInBy(his, bob)
})
afterAll(() => world?.stop())

beforeEach(async () => {
  topic = await openTopic(his, {
    category: 'energy',
    title: 'A topic of its own',
    body: { type: 'doc', content: [paragraph('It begins here.')] },
    visibility: 'community',
  })
  await open(hers)
  field = hers.getByRole('textbox', { name: t.forum.yourReply })
  await field.click()
})

async function open(page: Page) {
  await page.goto(`${world.stack.urls.site}/forum/topics/${topic}`)
  await page.getByText('It begins here.').waitFor()
}
const post = (text: string) => hers.getByRole('article').filter({ hasText: text })
/** How what points in an element is drawn. */
const turned = (element: Locator) =>
  element.locator('svg').evaluate((icon) => getComputedStyle(icon).transform)
const press = (...keys: string[]) =>
  keys.reduce((before, key) => before.then(() => hers.keyboard.press(key)), Promise.resolve())
const send = () => press('Control+Enter')

/** What another program has put on the clipboard. */
const paste = (html: string) => pasteInto(field, html)
const pasteInto = (area: Locator, html: string) =>
  area.evaluate((element, html) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/html', html)
    clipboardData.setData('text/plain', 'plain')
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, html)

async function lastBody(): Promise<unknown> {
  const [post] = await sql(world, 'select body from posts where topic_id = $1 order by number desc limit 1', [
    topic,
  ])
  return post?.body
}

type Node = { type: string; text?: string; content?: Node[] }

/** The blocks of a document: `bulletList(listItem(paragraph(a)))`. */
function outline(document: unknown): string[] {
  const told = ({ type, text, content = [] }: Node): string =>
    type === 'text' ? (text ?? '').trim() : `${type}(${content.map(told).join(' ')})`
  return ((document as Node).content ?? []).map(told)
}

test('Ada mentions Bob with the keyboard alone, and his name leads to him', async () => {
  await hers.keyboard.type('Ask @Bo')
  const people = hers.getByRole('listbox', { name: t.ui.editor.people })
  await people.getByRole('option', { name: /Bob Stranger/ }).waitFor()
  const active = await field.getAttribute('aria-activedescendant')
  expect(await hers.locator(`[id="${active}"]`).getAttribute('aria-selected')).toBe('true')
  await expectSound(hers, 'the people to mention')
  await press('Enter')
  await people.waitFor({ state: 'detached' })
  await hers.keyboard.type('first.')
  await send()
  const mention = post('first.').getByRole('link', { name: '@Bob Stranger' })
  expect(await mention.getAttribute('href')).toMatch(/\/people\/[0-9a-f-]{36}$/)
  expect(await lastBody()).toMatchObject({
    content: [{ content: [{ text: 'Ask ' }, { type: 'mention' }, { text: ' first.' }] }],
  })
})

test('the menu of people closes at Escape, says when there is nobody, and the sign stays a sign', async () => {
  await hers.getByRole('button', { name: t.ui.editor.mention }).click()
  await hers.getByRole('listbox').waitFor()
  await press('Escape')
  await hers.getByRole('listbox').waitFor({ state: 'detached' })
  await hers.keyboard.type(' and @zzzz')
  await hers.getByRole('status').filter({ hasText: t.ui.editor.nobody }).waitFor()
  await press('Escape')
  await send()
  await post('@ and @zzzz').waitFor()
})

test('Ada makes a table with the keyboard, and it is read in both languages and on a phone', async () => {
  await hers.getByRole('button', { name: t.ui.editor.table }).click()
  for (const words of ['Line', 'kWh', 'Share', 'عصارة', '1200', '40 %']) {
    await hers.keyboard.type(words)
    await press('Tab')
  }
  await hers.getByRole('button', { name: t.ui.editor.table }).click()
  await hers.getByRole('menuitem', { name: t.ui.editor.deleteRow }).click()
  await hers.getByRole('button', { name: t.ui.editor.table }).click()
  await hers.getByRole('menuitem', { name: t.ui.editor.columnAfter }).waitFor()
  await expectSound(hers, 'the menu of a table')
  await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter')
  expect(await field.locator('tr').first().locator('th').count()).toBe(4)
  await send()
  const table = hers.getByRole('article').getByRole('table')
  await table.waitFor()
  expect(await table.getByRole('columnheader').allInnerTexts()).toContain('Line')
  expect(await table.locator('td[dir="auto"]').count()).toBeGreaterThan(2)
  await expectSound(hers, 'a table in a post')

  const arabic = await withLanguage(world.browser, hers.context(), 'ar')
  await open(arabic)
  await arabic.getByRole('group', { name: words.ar.ui.table }).waitFor()
  await expectSound(arabic, 'a table in a post, in Arabic')
  await arabic.setViewportSize({ width: 390, height: 800 })
  await expectSound(arabic, 'a table in a post, on a phone')

  await arabic.setViewportSize({ width: 1280, height: 800 })
  await arabic.getByRole('textbox', { name: words.ar.forum.yourReply }).click()
  await arabic.getByRole('button', { name: words.ar.ui.editor.table }).click()
  await arabic.getByRole('button', { name: words.ar.ui.editor.table }).click()
  const before = arabic.getByRole('menuitem', { name: words.ar.ui.editor.columnBefore })
  expect(await turned(before)).toBe('matrix(-1, 0, 0, 1, 0, 0)')
  await arabic.keyboard.press('Escape')
  await arabic.getByRole('button', { name: words.ar.app.account }).click()
  expect(await turned(arabic.getByRole('menuitem', { name: words.ar.identity.signOut }))).toBe(
    'matrix(-1, 0, 0, 1, 0, 0)',
  )
  await arabic.close()
})

test('what Ada pastes from Word and Excel keeps its structure and loses its looks', async () => {
  const item = (level: number, marker: string, words: string) =>
    `<p class=MsoListParagraph style='mso-list:l0 level${level} lfo1'><span style='mso-list:Ignore'>${marker}<span>&nbsp; </span></span>${words}<o:p></o:p></p>`
  await paste(
    `<html><body><h1 style="color:red">Report<o:p></o:p></h1>${item(1, '1.', 'Stop')}${item(2, '·', 'the pump')}
     <table style="width:900pt"><tr><td width=400>Line</td><td>kWh</td></tr></table></body></html>`,
  )
  await send()
  await post('Report').getByRole('heading', { level: 2, name: 'Report' }).waitFor()
  const body = await lastBody()
  expect(JSON.stringify(body)).not.toMatch(/style|color|mso|width":[0-9]/)
  const cell = { content: [paragraph('Line')] }
  expect(body).toMatchObject({
    content: [
      { type: 'heading', attrs: { level: 2 } },
      {
        type: 'orderedList',
        content: [{ content: [paragraph('Stop'), { type: 'bulletList' }] }],
      },
      { type: 'table', content: [{ content: [cell, {}] }] },
    ],
  })
})

test.each(['en', 'ar'] as const)(
  'whole documents from Word, Google Docs and Excel, in %s',
  async (language) => {
    const page = await withLanguage(world.browser, hers.context(), language)
    await open(page)
    const area = page.getByRole('textbox', { name: words[language].forum.yourReply })
    const sends = async (html: string, last: string) => {
      await area.click()
      await pasteInto(area, html)
      await page.keyboard.press('Control+Enter')
      await page.getByRole('article').filter({ hasText: last }).waitFor()
      await area.filter({ hasNotText: last }).waitFor()
      return outline(await lastBody())
    }
    expect(await sends(fromWord, 'the data sheet')).toEqual([
      'heading(1. تقرير المضخة)',
      'paragraph(الخطوات)',
      'orderedList(listItem(paragraph(أوقف المضخة) bulletList(listItem(paragraph(Close the valve)))) listItem(paragraph(انتظر)))',
      'table(tableRow(tableCell(paragraph(Line)) tableCell(paragraph(kWh))) tableRow(tableCell(paragraph())))',
      'paragraph(See the data sheet .)',
    ])
    expect(await sends(fromGoogleDocs, 'slanted')).toEqual([
      'heading(Costs)',
      'paragraph(Bold slanted)',
      'orderedList(listItem(paragraph(Oil) orderedList(listItem(paragraph(Filter)))))',
      'table(tableRow(tableCell(paragraph(A)) tableCell(paragraph(B))))',
    ])
    expect(await sends(fromExcel, '1,250.50')).toEqual([
      'table(tableRow(tableCell(paragraph(الطاقة))) tableRow(tableCell(paragraph(Line 1)) tableCell(paragraph(1,250.50))))',
    ])
    await expectSound(page, 'what was pasted, in posts')
    await page.close()
  },
)

test('a picture can be described where it stands, and a file taken out again', async () => {
  const id = '00000000-0000-4000-8000-000000000001'
  await paste(
    `<p>See</p><figure data-image="${id}" data-alt="" data-width="640" data-height="320"></figure>
     <div data-attachment="${id}" data-name="plan.pdf" data-size="1200" data-type="application/pdf"></div>`,
  )
  await field.getByText('plan.pdf').waitFor()
  await field.getByRole('textbox', { name: t.ui.picture.alt }).fill('The new pump')
  await field.getByRole('button', { name: t.ui.file.remove }).click()
  await field.getByText('plan.pdf').waitFor({ state: 'detached' })
  await hers.reload()
  await field.waitFor()
  expect(await field.getByRole('textbox', { name: t.ui.picture.alt }).inputValue()).toBe('The new pump')
  await field.getByRole('button', { name: t.ui.picture.remove }).click()
  await field.locator('figure').waitFor({ state: 'detached' })
})

test('a table that is too large is told at once, and nothing of it is lost', async () => {
  await paste(`<table>${'<tr><td>x</td></tr>'.repeat(60)}</table>`)
  await hers.getByRole('alert').filter({ hasText: t.ui.editor.excess.tableRows }).waitFor()
  expect(await field.locator('tr').count()).toBe(60)
})

test('the arrows move along the bar, and are the field’s own in what it opens', async () => {
  await hers.getByRole('button', { name: t.ui.editor.bold }).focus()
  await press('End')
  const name = () => hers.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  expect(await name()).toBe(t.ui.editor.files)
  await press('ArrowLeft', 'ArrowLeft', 'ArrowLeft')
  expect(await name()).toBe(t.ui.editor.link)
  await press('Enter')
  const address = hers.getByLabel(t.ui.editor.linkAddress)
  await address.fill('example.com')
  await press('ArrowLeft', 'Home')
  expect(await address.evaluate((element) => element === document.activeElement)).toBe(true)
})

const hasFocus = (element: Locator) => element.evaluate((it) => it === document.activeElement)

const pasteFile = (area: Locator) =>
  area.evaluate((element) => {
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File(['%PDF-1.4'], 'plan.pdf', { type: 'application/pdf' }))
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    const over = { dataTransfer: clipboardData, bubbles: true, cancelable: true }
    element.dispatchEvent(new DragEvent('dragover', over))
    element.dispatchEvent(new DragEvent('drop', over))
  })

describe.each(['en', 'ar'] as const)('while what Ada wrote is on its way, in %s', (language) => {
  const t = words[language]
  let page: Page
  beforeAll(async () => {
    page = await withLanguage(world.browser, hers.context(), language)
    // How often somebody posts in a minute is another story.
    await sql(world, 'delete from private.rate_limits')
  })

  test('her reply takes no more, comes back whole where it fails, and is sent as it stood', async () => {
    await open(page)
    const area = page.getByRole('textbox', { name: t.forum.yourReply })
    const send = page.getByRole('button', { name: t.forum.sendReply })
    const failed = page.getByRole('alert').filter({ hasText: t.errors.unavailable })
    await area.click()
    await page.keyboard.type('First words')
    for (const key of Array(5).fill('ArrowLeft')) await page.keyboard.press(key)
    const box = await area.boundingBox()

    const first = await hold(page, '**/rpc/reply')
    await page.keyboard.press('Control+Enter')
    await page.keyboard.type('jk ?')
    const lost = await first.asked
    expect(await area.getAttribute('aria-readonly')).toBe('true')
    await pasteInto(area, '<p>Pasted</p>')
    await pasteFile(area)
    await page.getByRole('button', { name: t.ui.editor.orderedList }).click({ force: true })
    expect(await area.textContent()).toBe('First words')
    expect(await area.boundingBox()).toEqual(box)
    expect(await page.getByText(t.ui.editor.dropFiles).count()).toBe(0)
    expect(await page.getByRole('list', { name: t.attachments.uploads }).count()).toBe(0)
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await hasFocus(area)).toBe(true)
    await expectSound(page, 'a reply on its way')
    await lost.abort()
    await failed.waitFor()
    expect(await area.getAttribute('aria-readonly')).toBeNull()
    await page.keyboard.type('few ')
    expect(await area.textContent()).toBe('First few words')

    const second = await hold(page, '**/rpc/reply')
    await send.press('Enter')
    const lostToo = await second.asked
    await failed.waitFor({ state: 'detached' })
    expect(await send.isDisabled()).toBe(true)
    await lostToo.abort()
    await failed.waitFor()
    expect(await hasFocus(send)).toBe(true)

    const third = await hold(page, '**/rpc/reply')
    await area.press('Control+Enter')
    await page.keyboard.type(' and more')
    await (await third.asked).continue()
    await page.getByRole('article').filter({ hasText: 'First few words' }).waitFor()
    await area.filter({ hasNotText: 'First' }).waitFor()
    expect(await area.getAttribute('aria-readonly')).toBeNull()
    expect(outline(await lastBody())).toEqual(['paragraph(First few words)'])
  })

  test('her topic takes no more in any of its fields, nor does what she changes of it later', async () => {
    await page.goto(`${world.stack.urls.site}/forum/new?category=energy`)
    const title = page.getByRole('textbox', { name: t.forum.topicTitle })
    const area = page.getByRole('textbox', { name: t.forum.topicBody })
    const category = page.getByRole('combobox', { name: t.forum.category })
    await title.fill('A title')
    await area.click()
    await page.keyboard.type('A body')
    const first = await hold(page, '**/rpc/open_topic')
    await page.keyboard.press('Control+Enter')
    await page.keyboard.type(' more')
    const lost = await first.asked
    await title.press('End')
    await page.keyboard.type(' more')
    const company = page.getByRole('radio').last()
    await company.click({ force: true })
    expect(await company.isChecked()).toBe(false)
    expect(await category.isDisabled()).toBe(true)
    await expectSound(page, 'a topic on its way')
    await lost.abort()
    await page.getByText(t.errors.unavailable).waitFor()
    await title.press('End')
    await page.keyboard.type('!')
    expect(await title.inputValue()).toBe('A title!')
    expect(await area.textContent()).toBe('A body')
    expect(await category.isDisabled()).toBe(false)

    const second = await hold(page, '**/rpc/open_topic')
    await page.keyboard.press('Enter')
    const opened = await second.asked
    // A second time, which the server is never asked.
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.keyboard.press('Enter')
    await page.keyboard.type('?')
    await opened.continue()
    await page.getByRole('heading', { level: 1, name: 'A title!', exact: true }).waitFor()
    expect(asked.filter((url) => url.includes('/rpc/open_topic'))).toEqual([])

    await page.getByRole('button', { name: t.acts.menu }).click()
    await page.getByRole('menuitem', { name: t.acts.edit.open }).click()
    const dialog = page.getByRole('dialog')
    const changed = dialog.getByRole('textbox', { name: t.forum.topicTitle })
    await changed.fill('A better title')
    const third = await hold(page, '**/rpc/edit_topic')
    await changed.press('Enter')
    const refused = await third.asked
    await dialog.locator('input[readonly]').first().waitFor()
    await page.keyboard.type(' more')
    await refused.abort()
    await dialog.getByText(t.errors.unavailable).waitFor()
    await page.keyboard.type('!')
    expect(await changed.inputValue()).toBe('A better title!')
    await page.keyboard.press('Escape')
    await page.waitForFunction(
      (name) => document.activeElement?.getAttribute('aria-label') === name,
      t.acts.menu,
    )
  })
})
