import { describe, expect, test } from 'vitest'
import { renderHtml, renderText } from '../src/auth/template.ts'

const greeting =
  '{{ if eq .Data.locale "ar" }}أهلًا {{ .Data.name }}{{ else if .Data.name }}Hello {{ .Data.name }}{{ else }}Hello{{ end }}'

describe("Supabase's mail templates", () => {
  test('say one thing or another by what is known of the person', async () => {
    expect(await renderText(greeting, { Data: { locale: 'ar', name: 'نورة' } })).toBe('أهلًا نورة')
    expect(await renderText(greeting, { Data: { name: 'Omar' } })).toBe('Hello Omar')
    expect(await renderText(greeting, { Data: { name: '' } })).toBe('Hello')
    expect(await renderText(greeting, { Data: {} })).toBe('Hello')
  })

  test('show what people wrote as text', async () => {
    const values = { Data: { name: '<script>alert("x")</script>' }, Link: 'https://a.example/?x=1&y="2"' }
    expect(await renderHtml('<p>{{ .Data.name }}</p>', values)).toBe(
      '<p>&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;</p>',
    )
    expect(await renderHtml('<a href="{{ .Link }}">', values)).toBe(
      '<a href="https://a.example/?x=1&amp;y=&#34;2&#34;">',
    )
  })

  test('run nothing that people wrote', async () => {
    expect(
      await renderText('{{ .Data.name }}', { Data: { name: '{{ .Token }} {% raw %}' }, Token: 'secret' }),
    ).toBe('{{ .Token }} {% raw %}')
  })

  test('keep a subject on one line', async () => {
    expect(await renderText('Hello\n{{ .Data.name }}', { Data: { name: 'a\r\nBcc: eve@x.example' } })).toBe(
      'Hello a Bcc: eve@x.example',
    )
  })

  test('are refused where they say what is not understood', async () => {
    for (const strange of [
      '{{ range .Data }}x{{ end }}',
      '{{ if gt .A 1 }}x{{ end }}',
      '{{ printf "x" }}',
      '{{ . }}',
    ]) {
      await expect(renderText(strange, { Data: {} })).rejects.toThrow(/not understood/)
    }
  })
})
