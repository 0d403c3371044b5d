/** What letters say: the facts they were given, fixed words, and nothing else, alike as text and as HTML. */
import { describe, expect, test } from 'vitest'
import { writeLetter } from '../../src/mail/letters.ts'
import type { LetterKind, Letters } from '../../src/mail/letters.ts'
import type { WrittenLetter } from '../../src/mail/frame.ts'
import { linkIn } from '../support/smtp.ts'

const SERVICE = { name: 'Example', url: 'https://id.example.com/base/' }
const LINK = 'https://id.example.com/base/reset?token=7f2c.abc-DEF_1&x=2'
const AT = new Date('2026-03-01T09:05:59Z')
const SEEN = { at: AT, device: 'Firefox on Linux', place: 'an address in 192.0.2.0/24' }
const FACTS: Letters = {
  verify_email: { link: LINK, hours: 24 },
  registration_tried: SEEN,
  reset_password: { link: LINK, minutes: 30 },
  invitation: { link: LINK, minutes: 4320 },
  password_changed: SEEN,
  confirm_email: { link: LINK, hours: 1 },
  email_changed: { at: AT },
  email_undo: { link: LINK, at: AT, days: 7 },
  new_device: SEEN,
  failed_tries: { at: AT, tries: 100 },
  deletion: { link: LINK, at: AT },
}
const KINDS = Object.keys(FACTS) as LetterKind[]

function write(kind: LetterKind, some: object = {}, service: object = {}): WrittenLetter {
  return writeLetter(kind, { ...FACTS[kind], ...some }, { ...SERVICE, ...service })
}

/** What a person reads of a page. */
function read(page: string): string {
  const text = page
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
  return words(text)
}

function words(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/ :/g, ':').trim()
}

function linksOf(page: string): string[] {
  return [...page.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
}

describe.each(KINDS)('the letter %s', (kind) => {
  const letter = write(kind)

  test('has one link to follow, which comes first in both parts', () => {
    const isForReset = ['password_changed', 'new_device', 'failed_tries'].includes(kind)
    const expected = 'link' in FACTS[kind] ? LINK : `${SERVICE.url}${isForReset ? 'forgot' : ''}`
    expect(linkIn(letter)).toBe(expected)
    expect(linksOf(letter.html)[0]).toBe(expected)
    expect(new Set(linksOf(letter.html))).toEqual(new Set([expected, SERVICE.url]))
  })

  test('says the same as text and as HTML', () => {
    // The text has a colon where the HTML has a button, and the HTML nothing else.
    expect(read(letter.html)).toBe(words(letter.text).replace(/:(?= https:\/\/\S+ (?!$))/, ''))
  })

  test('tells all facts, and what to do if it was not you', () => {
    for (const fact of Object.values(FACTS[kind]) as unknown[]) {
      if (typeof fact === 'string') expect(letter.text).toContain(fact)
      if (fact instanceof Date) expect(letter.text).toContain('Sunday 1 March 2026, 09:05 UTC')
    }
    expect(letter.text).toMatch(/If it was not you|If you did not expect|If you are not sure/)
  })

  test('has a subject of fixed words and the name of the service, whatever the facts are', () => {
    const other = write(kind, {
      link: 'https://other.test/x',
      at: new Date(0),
      device: 'D',
      place: 'P',
      tries: 5,
      hours: 3,
    })
    expect(other.subject).toBe(letter.subject)
    expect(letter.subject).toContain('Example')
    expect(letter.subject.length).toBeLessThan(78)
    expect(write(kind, {}, { name: 'Ex\r\nBcc: x@y.test' }).subject).not.toMatch(/[\r\n]/)
  })

  test('differs between two people by their facts alone, and drops what it was not made to tell', () => {
    const stranger = { name: 'EVIL', email: 'evil@a.test', userAgent: 'EVIL/1.0' }
    expect(write(kind, stranger)).toEqual(letter)
  })

  test('lets no fact and no name become HTML [ASVS 1.2.1]', () => {
    const evil = '<script>alert("1")</script>\'&amp;'
    const { html } = write(kind, { device: evil, place: evil }, { name: evil })
    expect(html).not.toContain('<script')
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;')
    expect(read(html)).toContain(evil)
    expect(write(kind, { device: 'A\nPlace: B' }).text).not.toContain('\nPlace: B')
    const quoted = write(kind, { link: 'https://a.test/"onclick="x' }, { url: 'https://a.test/"onclick="x' })
    expect(quoted.html).not.toContain('onclick="x')
  })

  test('leads to the web alone [ASVS 1.2.2]', () => {
    for (const link of ['javascript:alert(1)', 'data:text/html,x', 'ftp://a.test/', 'reset?token=1', '']) {
      expect(() => write(kind, { link }, { url: link })).toThrow(TypeError)
    }
  })

  test('is a page by itself: language, nothing loaded, no script, styles in place', () => {
    expect(letter.html).toMatch(/^<!doctype html>\n<html lang="en"/)
    expect(letter.html).not.toMatch(/<(?:img|script|link|style|iframe|object|form|base)\b|url\(|@import|src=/i)
    expect(letter.html).toContain('content="light dark"')
  })
})

test.each([
  ['verify_email', { hours: 1 }, 'for 1 hour.'],
  ['verify_email', { hours: 24 }, 'for 24 hours.'],
  ['verify_email', { hours: 168 }, 'for 7 days.'],
  ['verify_email', { hours: 25 }, 'for 25 hours.'],
  ['reset_password', { minutes: 30 }, 'for 30 minutes.'],
  ['reset_password', { minutes: 60 }, 'for 60 minutes.'],
  ['reset_password', { minutes: 90 }, 'for 90 minutes.'],
  ['reset_password', { minutes: 120 }, 'for 2 hours.'],
  ['invitation', { minutes: 1440 }, 'for 24 hours.'],
  ['invitation', { minutes: 4320 }, 'for 3 days.'],
  ['email_undo', { days: 1 }, 'for 1 day.'],
] as const)('%s with %j says how long its link works: %s', (kind, facts, said) => {
  expect(write(kind, facts).text).toContain(said)
})
