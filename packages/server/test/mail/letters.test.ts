/** What letters say: the facts they were given, fixed words, and nothing else, alike as text and as HTML. */
import { describe, expect, test } from 'vitest'
import { writeLetter } from '../../src/mail/letters.ts'
import type { LetterKind, Letters } from '../../src/mail/letters.ts'
import { BROWSERS, NEAR_PLACES, PROGRAM, SYSTEMS, UNKNOWN } from '../../src/auth/circumstances.ts'
import { inWordsOf } from '../../src/circumstances-words.ts'
import { LANGUAGES } from '../../src/language.ts'
import type { Language } from '../../src/language.ts'
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
  failed_tries: { at: AT, tries: 10 },
  password_stopped: { at: AT, tries: 100 },
  deletion: { link: LINK, at: AT },
}
const TO_RESET: readonly LetterKind[] = ['password_changed', 'new_device', 'failed_tries', 'password_stopped']
const KINDS = Object.keys(FACTS) as LetterKind[]
const SAID: Readonly<Record<Language, { instant: string; ifNot: RegExp; spaced: RegExp }>> = {
  en: {
    instant: 'Sunday 1 March 2026, 09:05 UTC',
    ifNot: /If it was not you|If you did not expect|If you are not sure/,
    spaced: /\s[:;?!]/,
  },
  fr: {
    instant: 'dimanche 1er mars 2026 à 09:05 UTC',
    ifNot: /Si ce n’était pas vous|Si vous n’attendiez pas|Si vous avez un doute/,
    spaced: /[^\u00a0][:;?!](?!\/\/|\d)|'/,
  },
}

function write(kind: LetterKind, some: object = {}, service: object = {}, language?: Language): WrittenLetter {
  return writeLetter(kind, { ...FACTS[kind], ...some }, { ...SERVICE, ...service }, language)
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

describe.each(LANGUAGES.flatMap((language) => KINDS.map((kind) => [kind, language] as const)))(
  '%s in %s',
  (kind, language) => {
    const { instant, ifNot, spaced } = SAID[language]
    const letter = write(kind, {}, {}, language)

    test('has one link to follow, which comes first in both parts', () => {
      const without = TO_RESET.includes(kind) ? `${SERVICE.url}forgot` : SERVICE.url
      const expected = 'link' in FACTS[kind] ? LINK : without
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
        if (typeof fact === 'string') expect(letter.text).toContain(inWordsOf(language, fact))
        if (fact instanceof Date) expect(letter.text).toContain(instant)
      }
      expect(letter.text).toMatch(ifNot)
    })

    test('has a subject of fixed words and the name of the service, whatever the facts are', () => {
      const facts = { link: 'https://other.test/x', at: new Date(0), device: 'D', place: 'P', tries: 5, hours: 3 }
      const other = write(kind, facts, {}, language)
      expect(other.subject).toBe(letter.subject)
      expect(letter.subject).toContain('Example')
      expect(letter.subject.length).toBeLessThan(78)
      expect(write(kind, {}, { name: 'Ex\r\nBcc: x@y.test' }, language).subject).not.toMatch(/[\r\n]/)
    })

    test('differs between two people by their facts alone, and drops what it was not made to tell', () => {
      const stranger = { name: 'EVIL', email: 'evil@a.test', userAgent: 'EVIL/1.0' }
      expect(write(kind, stranger, {}, language)).toEqual(letter)
    })

    test('is set as its language sets it', () => {
      const sentences = letter.text.replace(/https?:\/\/\S+/g, '')
      expect(spaced.exec(sentences)).toBeNull()
    })

    test('lets no fact and no name become HTML [ASVS 1.2.1]', () => {
      const evil = '<script>alert("1")</script>\'&amp;'
      const { html } = write(kind, { device: evil, place: evil }, { name: evil }, language)
      expect(html).not.toContain('<script')
      expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;')
      expect(read(html)).toContain(evil)
      expect(write(kind, { device: 'A\nPlace: B' }, {}, language).text).not.toContain('\nPlace: B')
      const quoted = write(
        kind,
        { link: 'https://a.test/"onclick="x' },
        { url: 'https://a.test/"onclick="x' },
        language,
      )
      expect(quoted.html).not.toContain('onclick="x')
    })

    test('leads to the web alone [ASVS 1.2.2]', () => {
      for (const link of ['javascript:alert(1)', 'data:text/html,x', 'ftp://a.test/', 'reset?token=1', '']) {
        expect(() => write(kind, { link }, { url: link }, language)).toThrow(TypeError)
      }
    })

    test('is a page by itself: language, nothing loaded, no script, styles in place', () => {
      expect(letter.html).toContain(`<!doctype html>\n<html lang="${language}"`)
      expect(letter.html).not.toMatch(/<(?:img|script|link|style|iframe|object|form|base)\b|url\(|@import|src=/i)
      expect(letter.html).toContain('content="light dark"')
    })
  },
)

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

test.each([
  ['verify_email', { hours: 1 }, 'pendant 1 heure.'],
  ['verify_email', { hours: 24 }, 'pendant 24 heures.'],
  ['verify_email', { hours: 168 }, 'pendant 7 jours.'],
  ['reset_password', { minutes: 30 }, 'pendant 30 minutes.'],
  ['reset_password', { minutes: 120 }, 'pendant 2 heures.'],
  ['email_undo', { days: 1 }, 'pendant 1 jour.'],
  ['deletion', { at: new Date('2026-11-21T23:59:00Z') }, 'samedi 21 novembre 2026 à 23:59 UTC'],
  ['new_device', { device: 'Firefox on iPhone' }, 'Appareil\u00a0: Firefox sur iPhone'],
  ['new_device', { device: 'a browser on an unknown system' }, 'un navigateur sur un système inconnu'],
  ['new_device', { place: 'this computer' }, 'Lieu\u00a0: cet ordinateur'],
] as const)('%s with %j says it in French: %s', (kind, facts, said) => {
  expect(write(kind, facts, {}, 'fr').text).toContain(said)
})

test('without a language, letters are in English', () => {
  expect(write('new_device')).toEqual(write('new_device', {}, {}, 'en'))
})

test('a letter has as many paragraphs, facts and links in each language, in the same order, and no text stays as it was', () => {
  const outline = (letter: WrittenLetter): string => letter.html.replace(/>[^<]*/g, '>').replace(/lang="\w+"/, '')
  for (const kind of KINDS) {
    const [english, french] = LANGUAGES.map((language) => write(kind, {}, {}, language))
    expect(outline(french!)).toBe(outline(english!))
    const lines = new Set(english!.text.split('\n').filter((line) => line !== '' && !line.startsWith('https://')))
    expect(french!.text.split('\n').filter((line) => lines.has(line))).toEqual([])
    expect(french!.subject).not.toBe(english!.subject)
  }
})

test('every device and place of the closed lists is said in each language', () => {
  for (const browser of BROWSERS)
    for (const system of SYSTEMS)
      expect(inWordsOf('fr', `${browser} on ${system}`)).not.toMatch(/\b(?:on|an?|unknown)\b/)
  for (const seen of [PROGRAM, UNKNOWN.device, UNKNOWN.place, ...NEAR_PLACES]) {
    expect(inWordsOf('fr', seen)).not.toBe(seen)
    expect(inWordsOf('en', seen)).toBe(seen)
  }
  expect(inWordsOf('fr', '192.0.2.0/24')).toBe('192.0.2.0/24')
})
