/** Letters: none lost, none twice without need, none that delays or changes an answer. */
import { afterEach, describe, expect, test } from 'vitest'
import { makeSecret } from '../src/crypto/token.ts'
import { DB } from '../src/db/db.ts'
import { openAuth } from '../src/service.ts'
import type { SomeSettings } from '../src/settings.ts'
import { runBeside } from './support/beside.ts'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { startSmtp } from './support/smtp.ts'
import type { TestSmtp } from './support/smtp.ts'

const EMAIL = 'bob@example.com'
const SECRET = makeSecret()

describe.each(databases)('the outbox on $name', ({ fresh }) => {
  const open: { close(): Promise<void> }[] = []

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })

  async function start(database: string, smtp?: TestSmtp): Promise<HardenedService> {
    const service = await startHardened(database, { service: { secret: SECRET } }, {}, smtp)
    open.push(service)
    return service
  }

  const register = async (service: HardenedService, email = EMAIL) =>
    service.send('POST', '/users', { form: { email, password: PHRASE } })

  /** A service that owes a letter: the mail server did not take it at the first try. */
  async function startOwing(): Promise<{ smtp: TestSmtp; database: string; service: HardenedService }> {
    const smtp = await startSmtp()
    open.push(smtp)
    const database = fresh()
    const service = await start(database, smtp)
    smtp.answers = { recipient: 450 }
    await register(service)
    await service.auth.background.send()
    return { smtp, database, service }
  }

  test('letters name the service as its operator does; one without a name by its host', async () => {
    const letterFrom = async (settings: SomeSettings) => {
      const service = await startHardened(fresh(), settings)
      open.push(service)
      await register(service)
      await service.tokenFor(EMAIL)
      return service.smtp.to(EMAIL)[0]?.text.replace(/\s+/g, ' ')
    }
    const named = await letterFrom({ brand: { name: 'Harbour & Söhne' } })
    expect(named).toContain('Harbour & Söhne')
    expect(named?.replaceAll('https://id.example.test', '')).not.toContain('id.example.test')
    expect((await letterFrom({}))?.replaceAll('https://id.example.test', '')).toContain('id.example.test')
  })

  test('a dead mail server changes no answer; the letter leaves within two minutes of its return', async () => {
    const smtp = await startSmtp()
    const { port } = smtp
    const database = fresh()
    const service = await start(database, smtp)
    const alive = await register(service, 'alive@example.com')
    await smtp.waitFor(1)
    await smtp.close()
    const dead = await register(service, 'other@example.com')
    expect([dead.status, dead.text.replace('other@', 'alive@')]).toEqual([alive.status, alive.text])
    for (let minute = 0; minute < 30; minute++) {
      await service.auth.background.send()
      service.clock.advance({ minutes: 1 })
    }
    const again = await startSmtp({ port })
    open.push(again)
    for (let seconds = 0; seconds < 120 && again.letters.length === 0; seconds += 10) {
      service.clock.advance({ seconds: 10 })
      await service.auth.background.send()
    }
    expect(again.to('other@example.com')).toHaveLength(1)
    expect((await contentsOf(database))['outbox']).toEqual([])
    const reasons = service.logged.filter((line) => line.includes('a letter could not be sent'))
    expect(reasons.length).toBeGreaterThan(10)
    expect(reasons.join('')).not.toMatch(/other@example/)
  })

  test('tries again after growing pauses, of a minute and a half at the most [ASVS 13.2.6]', async () => {
    const smtp = await startSmtp()
    open.push(smtp)
    const service = await start(fresh(), smtp)
    smtp.answers = { recipient: 450 }
    await register(service)
    for (let count = 0; count < 40; count++) {
      await service.auth.background.send()
      service.clock.advance({ seconds: 5 })
    }
    const pauses = service.logged.flatMap((line) => /"againInSeconds":(\d+)/.exec(line)?.[1] ?? []).map(Number)
    expect(pauses).toEqual([5, 10, 20, 40, 80, 90])
  })

  test('a letter that cannot be written is told as the bug it is, with its stack; what the mail server does is a warning', async () => {
    const { database, service } = await startOwing()
    expect(service.logged.filter((line) => line.includes('a letter could not'))).toEqual([
      expect.stringContaining('"level":40'),
    ])
    await runBeside(database, "update outbox set kind = 'nonsense'")
    service.clock.advance({ minutes: 1 })
    await service.auth.background.send()
    const told = JSON.parse(service.logged.find((line) => line.includes('"level":50')) ?? '{}') as object
    expect(told).toMatchObject({
      level: 50,
      kind: 'nonsense',
      err: { stack: expect.stringContaining('auth/sender') as string },
    })
  })

  test('gives up what is refused for good, or after a day, and keeps a record that says nothing of the letter [ASVS 13.2.6]', async () => {
    const smtp = await startSmtp()
    open.push(smtp)
    const database = fresh()
    const service = await start(database, smtp)
    smtp.answers = { recipient: 550 }
    await register(service, 'gone@example.com')
    await service.auth.background.send()
    smtp.answers = { recipient: 450 }
    await register(service, 'slow@example.com')
    for (let hour = 0; hour <= 24; hour++) {
      await service.auth.background.send()
      service.clock.advance({ hours: 1 })
    }
    smtp.answers = {}
    await service.auth.background.send()
    expect(smtp.letters).toEqual([])
    const records = (await service.auth.letters(10)).toSorted((one, other) => other.tries - one.tries)
    expect(records).toMatchObject([
      { kind: 'verify_email', facts: {}, tries: 25 },
      { kind: 'verify_email', facts: {}, tries: 1 },
    ])
    expect(records.every(({ givenUpAt, reason }) => givenUpAt !== null && /\d{3}/.test(reason ?? ''))).toBe(true)
    expect(JSON.stringify(records)).not.toContain('example.com')
    await service.send('POST', '/email_verification', { form: { email: 'slow@example.com' } })
    await smtp.waitFor(1, 'slow@example.com') // the links of letters that never left do not count
    await service.auth.background.send()
    service.clock.advance({ days: 31 })
    await service.auth.background.tidy()
    expect(await service.auth.letters(10)).toEqual([])
  })

  test('of two senders on one database each letter is sent once', async () => {
    const smtp = await startSmtp()
    open.push(smtp)
    const database = fresh()
    const first = await start(database, smtp)
    const second = await start(database, smtp)
    const people = Array.from({ length: 30 }, (_, index) => `person${index}@example.com`)
    await Promise.all(people.map(async (email, index) => register(index % 2 === 0 ? first : second, email)))
    await Promise.all([first.auth.background.send(), second.auth.background.send()])
    await smtp.waitFor(30)
    await Promise.all([first.auth.background.send(), second.auth.background.send()])
    expect(smtp.letters).toHaveLength(30)
    expect(new Set(people.map((email) => smtp.to(email).length))).toEqual(new Set([1]))
  })

  test('a letter whose sender died is sent by the next, once the claim has ended', async () => {
    const { smtp, database, service } = await startOwing()
    smtp.answers = {}
    service.clock.advance({ seconds: 10 })
    const other = await DB.open(database, { secrets: ['x'.repeat(32)] })
    expect(await other.outbox.claim(service.clock.now(), 60_000, [])).not.toBeNull() // and then it dies
    await other.close()
    service.clock.advance({ seconds: 58 })
    await service.auth.background.send()
    expect(smtp.letters).toEqual([])
    service.clock.advance({ seconds: 2 })
    await service.auth.background.send()
    expect(smtp.letters).toHaveLength(1)
  })

  test('a link that waits to be mailed dies with those that were mailed already', async () => {
    const smtp = await startSmtp()
    open.push(smtp)
    const database = fresh()
    const service = await start(database, smtp)
    await service.settle(EMAIL)
    smtp.answers = { recipient: 450 }
    await service.send('POST', '/reset_password', { form: { email: EMAIL } })
    const session = await service.logIn(EMAIL)
    const form = { password: PHRASE, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/password', { session, form })).status).toBe(200)
    smtp.answers = {}
    service.clock.advance({ minutes: 2 })
    await service.auth.background.send()
    expect(smtp.to(EMAIL).map(({ text }) => text.includes('/reset?token='))).toEqual([false, false])
    expect((await contentsOf(database))['outbox']).toEqual([])
  })

  test('what a command puts in is sent by the service that runs', async () => {
    const smtp = await startSmtp()
    open.push(smtp)
    const database = fresh()
    const service = await start(database, smtp)
    const command = await openAuth(service.settings)
    await command.auth.admin.invite('operator', 'invited@example.com')
    await command.close()
    service.clock.advance({ days: 365 }) // the command has a clock of its own
    await smtp.waitFor(1, 'invited@example.com')
  })

  test('a letter says nothing that a request brought along: no host, no agent, no forwarded name', async () => {
    const service = await start(fresh())
    await service.send('POST', '/users', {
      form: { email: EMAIL, password: PHRASE },
      headers: {
        'user-agent': 'Mozilla/5.0 evil.test',
        'x-forwarded-host': 'evil.test',
        forwarded: 'host=evil.test',
        'x-forwarded-proto': 'http',
      },
    })
    const [letter] = await service.smtp.waitFor(1)
    expect(JSON.stringify(letter)).not.toContain('evil')
    expect(letter?.text).toContain('https://id.example.test/verify?token=')
  })

  test('a letter goes to the stored address, and to one alone, whatever was typed', async () => {
    const service = await start(fresh())
    await service.settle(EMAIL)
    for (const typed of [
      'BOB@EXAMPLE.COM',
      `${EMAIL},eve@example.com`,
      `${EMAIL}\r\nBcc: eve@example.com`,
      `eve <${EMAIL}>`,
    ]) {
      service.clock.advance({ minutes: 6 })
      await service.send('POST', '/reset_password', { form: { email: typed } })
      await service.auth.background.send()
    }
    expect(service.smtp.letters.map(({ to }) => to)).toEqual([[EMAIL], [EMAIL]])
  })
})
