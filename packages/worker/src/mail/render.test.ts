import { describe, expect, test } from 'vitest'
import { renderMail } from './render.ts'

const values = { first_name: 'Ada', organization: 'Najd Pumps', site_url: 'https://p2p.example' }

describe('a mail', () => {
  test('says the same in HTML and in text, in the language of the person', async () => {
    const en = await renderMail('welcome', 'en', values)
    expect(en.subject).toBe('Welcome to P2P Sandbox, Ada')
    expect(en.html).toContain('href="https://p2p.example/forum"')
    expect(en.text).toContain('https://p2p.example/forum')
    expect(en.text).toContain('Najd Pumps')

    const ar = await renderMail('welcome', 'ar', values)
    expect(ar.subject).toBe('أهلًا بك في P2P Sandbox يا Ada')
    expect(ar.html).toContain('<bdi>Najd Pumps</bdi>')
  })

  test('shows markup that somebody chose as their name as text', async () => {
    const { html } = await renderMail('welcome', 'en', {
      ...values,
      first_name: '<script>alert(1)</script>',
      organization: '"><img src=x onerror=alert(1)>{{ site_url }}',
    })
    expect(html).not.toMatch(/<script|<img/)
    expect(html).toContain('&lt;script&gt;')
    // A value is not a template: what looks like one comes out as it went in.
    expect(html).toContain('{{ site_url }}')
  })

  test('keeps its subject on one line', async () => {
    const { subject } = await renderMail('welcome', 'en', {
      ...values,
      first_name: 'Ada\r\nBcc: eve@evil.example',
    })
    expect(subject).not.toMatch(/[\r\n]/)
  })

  test('is not sent with a gap', async () => {
    const { first_name: _, ...rest } = values
    await expect(renderMail('welcome', 'en', rest)).rejects.toThrow(/first_name/)
  })
})
