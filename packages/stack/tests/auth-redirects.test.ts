import { describe, expect, test } from 'vitest'
import { redirectsTo } from '../src/auth/redirects.ts'

const site = 'https://works.example'
const allows = (address: string, ...patterns: string[]) => redirectsTo(site, patterns).allows(address)

describe('where a link may lead', () => {
  test('to any page of the site, and to no other scheme, host or port', () => {
    for (const good of [site, `${site}/`, `${site}/a/b?c=d#e`, `${site}:443/`])
      expect(allows(good)).toBe(true)
    for (const bad of [
      '',
      '/a',
      'http://works.example',
      'https://works.example:8443',
      'https://www.works.example',
      'https://works.example.evil.example',
      'https://works.example@evil.example',
      'https://evil.example\\@works.example',
      'https://works.example\t.evil.example',
      'javascript:alert(1)',
      'data:text/html,x',
    ]) {
      expect([bad, allows(bad, 'https://*.works.example', `${site}/**`)]).toEqual([
        bad,
        bad === 'https://www.works.example',
      ])
    }
  })

  test('on this machine, at whatever port the app happens to have', () => {
    const { allows } = redirectsTo('http://localhost:5173', [])
    expect(allows('http://localhost:3000/welcome')).toBe(true)
    expect(allows('https://localhost:3000')).toBe(false)
    expect(allows('http://127.0.0.1:8080')).toBe(true)
    expect(allows('http://[::1]:8080')).toBe(true)
  })

  test('to no address in numbers but this machine, whatever is listed', () => {
    for (const bad of [
      'http://192.168.1.5',
      'http://3232235781',
      'http://[fe80::1]',
      'http://0x7f.1.evil.example',
    ])
      expect([bad, allows(bad, 'http://192.168.1.5', 'http://3232235781', '**')]).toEqual([
        bad,
        bad.endsWith('evil.example'),
      ])
  })

  test('where a pattern says: a star stays within a part, two do not', () => {
    expect(allows('https://a.other.example', 'https://*.other.example')).toBe(true)
    expect(allows('https://a.b.other.example', 'https://*.other.example')).toBe(false)
    expect(allows('https://a.b.other.example', 'https://**.other.example')).toBe(true)
    expect(allows('https://other.example/a', 'https://other.example/*')).toBe(true)
    expect(allows('https://other.example/a/b', 'https://other.example/*')).toBe(false)
    expect(allows('https://other.example/a/b.c?d=e#f', 'https://other.example/**')).toBe(true)
    expect(allows('https://other.example/a', 'https://other.example')).toBe(false)
    expect(allows('works.app://done', 'works.app://*')).toBe(true)
    expect(allows('https://preview-7.other.example', 'https://preview-?.other.example')).toBe(true)
    expect(allows('https://preview-x.other.example', 'https://preview-[0-9].other.example')).toBe(false)
    expect(allows('https://preview-x.other.example', 'https://preview-[!0-9].other.example')).toBe(true)
    expect(allows('https://b.other.example', 'https://{a,b}.other.example')).toBe(true)
    expect(allows('https://c.other.example', 'https://{a,b}.other.example')).toBe(false)
    expect(allows('https://other.example/*', 'https://other.example/\\*')).toBe(true)
    expect(allows('https://other-example', 'https://other.example')).toBe(false)
  })

  test('by what a request asks for, or else the page it comes from, or else to the site', () => {
    const { of } = redirectsTo(site, ['https://other.example/**'])
    const request = (query: string, headers: Record<string, string> = {}) =>
      of(new Request(`http://127.0.0.1/auth/v1/otp${query}`, { headers }))
    expect(request('?redirect_to=https%3A%2F%2Fother.example%2Fa')).toBe('https://other.example/a')
    expect(request('', { redirect_to: 'https://other.example/b' })).toBe('https://other.example/b')
    expect(request('', { referer: 'https://other.example/c' })).toBe('https://other.example/c')
    expect(request('?redirect_to=https%3A%2F%2Fevil.example', { referer: 'https://evil.example' })).toBe(site)
  })
})
