/** Growth: whatever strangers send, tables keep a bounded part of it, and none of it for ever; and what they write reaches nobody's eyes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf } from '../support/contents.ts'
import { databases } from '../support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'
import { sessionOf } from '../support/http.ts'

const CROWD = 60
/** The tables that keep something when the crowd has gone: the one account, the record, and what the service knows of itself. */
const EXCUSED: ReadonlySet<string> = new Set(['users', 'passwords', 'audit', 'memory', 'checkpoints'])
const VICTIM = 'victim@example.com'
/** Words that a stranger would have our server say, in forms that other programs obey. */
const EVIL = [
  'Click http://evil.test now',
  '<a href="http://evil.test">evil</a>',
  '\u202eevil\u202c',
  '=HYPERLINK("http://evil.test")',
  'evil%0d%0aBcc:x@evil.test',
]

describe.each(databases)('a crowd on $name', ({ fresh }) => {
  let service: HardenedService
  let database = ''

  beforeAll(async () => {
    database = fresh()
    service = await startHardened(database, { http: { trustedProxies: ['127.0.0.1'] } })
    await service.settle(VICTIM)
  })
  afterAll(async () => {
    await service.close()
  })

  /** As from a source of its own, with words of its own wherever a request has room. */
  const from = (at: number) => ({
    ...{
      'x-forwarded-for': `2001:db8:${at.toString(16)}::1`,
      'user-agent': `agent ${at}`,
      'accept-language': `x-${at}`,
    },
    ...{ referer: `https://evil.test/${at}`, 'x-request-id': String(at), cookie: `__Host-device=${at}; a${at}=${at}` },
  })

  test('whatever many strangers typed once is gone in time, from every table but the record', async () => {
    for (let at = 0; at < CROWD; at++) {
      const headers = from(at)
      const email = `crowd${at}@d${at}.example.com`
      await service.send('POST', '/users', { form: { email, password: PHRASE }, headers })
      await service.send('POST', '/reset_password', { form: { email: `r${email}` }, headers })
      await service.send('POST', '/email_verification', { form: { email: `v${email}` }, headers })
      await service.send('PUT', '/reset_password', {
        form: { email, reset_token: `t${at}`, new_password: PHRASE },
        headers,
      })
      await service.send('GET', `/x${at}?y=${at}`, { headers })
      expect(await service.auth.validLogin(`l${email}`, PHRASE)).toBe(false)
    }
    const { streaks, budgets, pendings } = await contentsOf(database)
    expect([streaks!.length >= CROWD, budgets!.length >= CROWD, pendings!.length >= CROWD]).toEqual([true, true, true])
    await service.auth.background.send()
    for (const days of [3, 100, 400]) {
      service.clock.advance({ days })
      await service.auth.background.tidy()
    }
    const contents = await contentsOf(database)
    expect([contents['users']?.length, contents['passwords']?.length]).toEqual([1, 1])
    expect(Object.keys(contents)).toEqual(expect.arrayContaining([...EXCUSED]))
    const left = Object.entries(contents).filter(([name, rows]) => rows.length > 0 && !EXCUSED.has(name))
    expect(left.map(([name, rows]) => `${name}: ${rows.length}`)).toEqual([])
  })

  test('nobody fills the account of another, nor makes their own grow without end: devices, links, registrations, letters', async () => {
    const email = 'full@example.com'
    await service.settle(email)
    for (let at = 0; at < 40; at++) {
      service.clock.advance({ minutes: 6 })
      const form = { email, password: PHRASE }
      expect(
        sessionOf(await service.send('POST', '/sessions', { form, headers: { 'x-forwarded-for': `192.0.2.${at}` } })),
      ).toBeDefined()
      await service.send('POST', '/reset_password', { form: { email }, headers: from(at) })
      await service.send('POST', '/users', {
        form: { email: 'waiting@example.com', password: `${OTHER_PHRASE} ${at}` },
        headers: from(at),
      })
      await service.auth.background.send()
    }
    const { devices = [], tokens = [], pendings = [], outbox = [] } = await contentsOf(database)
    expect(devices.length).toBeLessThanOrEqual(20)
    expect(
      (tokens as { email_key: string }[]).filter(({ email_key: key }) => key === email).length,
    ).toBeLessThanOrEqual(3)
    expect(
      (pendings as { email_key: string }[]).filter(({ email_key: key }) => key.startsWith('waiting')).length,
    ).toBeLessThanOrEqual(20)
    expect(outbox).toEqual([])
    expect(service.smtp.to(email).length).toBeLessThanOrEqual(20)
  })

  test('nothing that a stranger wrote stands in any letter to a victim, whichever letter a stranger can bring about', async () => {
    await service.settle('target@example.com')
    const at = service.smtp.letters.length
    await service.settle('stranger@example.com')
    const session = await service.logIn('stranger@example.com')
    for (const [index, evil] of EVIL.entries()) {
      service.clock.advance({ days: 1 })
      const text = encodeURIComponent(evil)
      const headers = {
        ...{
          'user-agent': text,
          referer: text,
          'accept-language': text,
          'x-forwarded-for': `198.51.100.${index}`,
          'x-evil': text,
        },
        ...{
          'x-forwarded-host': 'evil.test',
          'x-forwarded-proto': 'evil',
          'x-forwarded-prefix': '/evil',
          forwarded: 'host=evil.test',
        },
      }
      const email = 'TARGET@EXAMPLE.COM'
      const more = { name: evil, language: evil, next: evil, subject: evil }
      await service.send('POST', `/users?next=${text}`, {
        form: { ...more, email, password: `${OTHER_PHRASE} evil` },
        headers,
      })
      await service.send('POST', '/reset_password', { form: { ...more, email }, headers })
      await service.send('POST', '/email_verification', { form: { ...more, email }, headers })
      await service.send('PUT', '/email', {
        form: { ...more, email },
        session: await service.logIn('stranger@example.com'),
        headers,
      })
      for (let tries = 0; tries < 12; tries++)
        await service.auth.validLogin(email, `${evil} ${tries}`).catch(() => false)
      await service.auth.background.send()
    }
    expect(session).not.toBe('')
    const letters = service.smtp.letters.slice(at).filter(({ to }) => to[0] === 'target@example.com')
    expect(new Set(letters.map(({ subject }) => subject)).size).toBeGreaterThan(2)
    for (const { raw, text, html, subject } of letters) {
      expect(raw + text + html + subject).not.toMatch(/evil|HYPERLINK|\u202e|TARGET@/)
      for (const [link] of text.matchAll(/https?:\/\/\S+/g)) expect(link).toMatch(/^https:\/\/id\.example\.test\//)
    }
  })
})
