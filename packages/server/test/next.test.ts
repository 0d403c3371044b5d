/** Where `next` may lead: to paths of ours and to the origins on the list, by the letter; every trick that is known is ignored. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Next } from '../src/app/next.ts'
import { settingsOf } from '../src/settings-list.ts'

const APP = 'https://app.example.com'

function nextOf(nextOrigins: readonly string[] = [APP], home = '/'): Next {
  return new Next(settingsOf('hardened', { http: { ...settingsOf('hardened').http, nextOrigins } }), home)
}

describe('next', () => {
  const next = nextOf()

  test.each([
    ['/account', '/account'],
    ['/a/../account?x=1#y', '/account?x=1#y'],
    ['/', '/'],
    ['/?next=https://evil.test', '/?next=https://evil.test'],
    [APP, `${APP}/`],
    [`${APP}/a?b=c&d=%20#e`, `${APP}/a?b=c&d=%20#e`],
    ['HTTPS://APP.example.com/A', `${APP}/A`],
    [`${APP}:443/a`, `${APP}/a`],
  ])('%s leads to %s', (given, place) => {
    expect(next.allowed(given)).toBe(place)
  })

  test.each([
    ['another site', 'https://evil.test/'],
    ['no scheme', '//evil.test'],
    ['three slashes', '///evil.test'],
    ['a backslash', '/\\evil.test'],
    ['backslashes', '\\\\evil.test'],
    ['a backslash after the scheme', 'https:\\\\evil.test'],
    ['a backslash in a path', '/a\\..\\..\\evil.test'],
    ['a tab', '/\t/evil.test'],
    ['a line break', '/\n/evil.test'],
    ['a line break in a header', '/a\r\nset-cookie: a=b'],
    ['a null', '/\0/evil.test'],
    ['a space before', ' //evil.test'],
    ['dots that leave two slashes', '/.//evil.test'],
    ['more of them', '/a/..//evil.test'],
    ['encoded dots that leave two slashes', '/%2e//evil.test'],
    ['one slash after the scheme', 'https:/evil.test'],
    ['no slash after the scheme', 'https:evil.test'],
    ['a script', 'javascript:alert(1)'],
    ['a script in disguise', 'java\tscript:alert(1)'],
    ['a script that looks like a web address', 'javascript://app.example.com/%0aalert(1)'],
    ['data', 'data:text/html,<script>alert(1)</script>'],
    ['a blob', 'blob:https://app.example.com/1'],
    ['a name before the host', 'https://app.example.com@evil.test/'],
    ['a name and a password', 'https://a:b@app.example.com/'],
    ['a name alone', 'https://a@app.example.com/'],
    ['an empty name', 'https://@app.example.com/'],
    ['a longer host', 'https://app.example.com.evil.test/'],
    ['a host that ends alike', 'https://evilapp.example.com/'],
    ['a host below', 'https://x.app.example.com/'],
    ['a dot behind', 'https://app.example.com./'],
    ['another scheme', 'http://app.example.com/'],
    ['another port', 'https://app.example.com:8443/'],
    ['a hash before', 'https://evil.test#app.example.com'],
    ['a query before', 'https://evil.test?app.example.com'],
    ['wide letters', 'https://ａpp.example.com/'],
    ['a wide slash', '/／evil.test'],
    ['an empty text', ''],
    ['a plain word', 'account'],
    ['a text without end', `/${'a'.repeat(3000)}`],
  ])('%s is ignored: %j [ASVS 3.7.2]', (_name, given) => {
    expect(next.allowed(given)).toBeNull()
  })

  test.each([undefined, null, 1, ['/account'], { next: '/account' }])('%j is no text, and is ignored', (given) => {
    expect(next.allowed(given)).toBeNull()
  })

  test('without a list no other site is a place', () => {
    expect([nextOf([]).allowed(APP), nextOf([]).allowed('/account')]).toEqual([null, '/account'])
  })

  test('below a path prefix, only what is below it is ours', () => {
    const below = nextOf([], '/auth/')
    expect(below.allowed('/auth/account')).toBe('/auth/account')
    for (const path of ['/account', '/auth', '/authx/', '/auth/../x', '/auth/%2e%2e/x'])
      expect(below.allowed(path)).toBeNull()
  })

  test('whatever is given, a browser ends on the list [ASVS 3.7.2]', () => {
    const here = 'https://id.example.com'
    const pieces = fc.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        '.',
        '..',
        '@',
        ':',
        '#',
        '?',
        '%2f',
        '%5c',
        '\t',
        '\n',
        ' ',
        'evil.test',
        'https:',
        'http:',
      ],
      ...['app.example.com', APP, 'javascript:', 'a', '[', ']', '\u2028', '\u3002'],
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const place = next.allowed(parts.join(''))
        if (place !== null) expect([here, APP]).toContain(new URL(place, `${here}/login`).origin)
      }),
      { numRuns: 5000 },
    )
  })

  test.each([
    'http://app.example.com',
    'https://app.example.com/',
    'https://*.example.com',
    '*',
    'null',
    'app.example.com',
  ])('the list takes no %s', (origin) => {
    expect(() => nextOf([origin])).toThrow(/BIENVENUE_HTTP_NEXT_ORIGINS: .* must be one origin/)
  })

  test('the list takes apps on this machine without TLS', () => {
    expect(nextOf(['http://localhost:3000']).allowed('http://localhost:3000/a')).toBe('http://localhost:3000/a')
  })
})
