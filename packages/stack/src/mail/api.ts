import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import { z } from 'zod'
import { detailOf, type Letter, type Letters, summaryOf } from './letters.ts'
import { matches } from './search.ts'

const Range = z.object({
  start: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(0).max(500).default(50),
})
const Removal = z.object({ IDs: z.array(z.string()).default([]) })

/** A mail may show what it likes, but runs nothing, asks nobody, and its links open beside. */
const confined =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; sandbox allow-popups allow-popups-to-escape-sandbox"

const own = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/** Mailpit's API as far as tests and people use it, and a page that shows the mails. */
export function mailApi(letters: Letters) {
  const list = (found: readonly Letter[], query: Record<string, string>) => {
    const { start, limit } = Range.parse(query)
    const shown = found.slice(start, start + limit).map(summaryOf)
    const total = letters.all().length
    return {
      total,
      unread: total,
      count: shown.length,
      messages_count: found.length,
      start,
      tags: [],
      messages: shown,
    }
  }

  return new Hono()
    .use(async ({ req, text }, next) => {
      // A page elsewhere could otherwise give this address a name of its own and read the mails.
      if (!own.test(req.header('host') ?? '')) return text('Open this page as localhost.', 403)
      await next()
    })
    .get('/livez', ({ text }) => text('ok'))
    .get('/readyz', ({ text }) => text('ok'))
    .get('/api/v1/messages', ({ req, json }) => json(list(letters.all(), req.query())))
    .delete('/api/v1/messages', async ({ req, text }) => {
      const { IDs } = Removal.parse(JSON.parse((await req.text()) || '{}'))
      letters.remove(IDs)
      return text('ok')
    })
    .get('/api/v1/search', ({ req, json }) => {
      const query = req.query('query') ?? ''
      return json(
        list(
          letters.all().filter((letter) => matches(letter, query)),
          req.query(),
        ),
      )
    })
    .delete('/api/v1/search', ({ req, text }) => {
      const query = req.query('query') ?? ''
      const found = letters.all().filter((letter) => matches(letter, query))
      if (found.length > 0) letters.remove(found.map(({ ID }) => ID))
      return text('ok')
    })
    .get('/api/v1/message/:id', ({ req, json, notFound }) => {
      const letter = letters.find(req.param('id'))
      return letter ? json(detailOf(letter)) : notFound()
    })
    .get('/api/v1/message/:id/raw', ({ req, text, notFound }) => {
      const letter = letters.find(req.param('id'))
      return letter ? text(letter.raw.toString('utf8')) : notFound()
    })
    .get('/api/v1/message/:id/part/:part', ({ req, notFound }) => {
      const attachment = letters.find(req.param('id'))?.parsed.attachments[Number(req.param('part'))]
      if (!attachment) return notFound()
      const name = encodeURIComponent(attachment.filename ?? 'attachment')
      return new Response(attachment.content as ArrayBuffer | string, {
        headers: {
          'content-type': attachment.mimeType,
          'content-disposition': `attachment; filename*=UTF-8''${name}`,
          'content-security-policy': confined,
        },
      })
    })
    .get('/view/:id', ({ req, html, notFound }) => {
      const letter = letters.find(req.param('id'))
      if (!letter) return notFound()
      const body =
        letter.parsed.html ??
        `<pre style="white-space:pre-wrap" dir="auto">${escaped(letter.parsed.text ?? '')}</pre>`
      return html(`<base target="_blank">${body}`, 200, { 'content-security-policy': confined })
    })
    .get('/', async ({ html }) => html(await readFile(new URL('page.html', import.meta.url), 'utf8')))
    .onError((error, { json }) =>
      error instanceof z.ZodError || error instanceof SyntaxError
        ? json({ Error: 'The request cannot be read.' }, 400)
        : json({ Error: 'Something went wrong here.' }, 500),
    )
}

const escaped = (text: string) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
