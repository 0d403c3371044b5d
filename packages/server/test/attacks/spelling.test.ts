/** Random spellings of one email are one person, in both presets: whoever registers, logs in, resets or asks for letters. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sessionOf } from '../support/http.ts'
import { OTHER_PHRASE, PHRASE, worlds } from './worlds.ts'
import type { World } from './worlds.ts'

const TIME_MS = 10_000
const WIDE = 0xfee0 // from a letter of ASCII to its full-width form, which domains fold away

/** How a sign of an email is written: the local part in either case, the domain in full width too. */
const signs = fc.record({
  case: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
  wide: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
})
const dot = fc.constantFrom('.', '\u3002', '\uff0e', '\uff61')
const space = fc.constantFrom('', ' ', '\t', '  \t')
const spelling = fc.record({ signs, dot, before: space, after: space })
type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never

/** The email as somebody might write it. */
function spell(local: string, { signs: { case: upper, wide }, dot: point, before, after }: Spelling): string {
  const cased = Array.from(local)
    .map((sign, at) => (upper[at] === true ? sign.toUpperCase() : sign))
    .join('')
  const domain = Array.from('example.com').map((sign, at) => {
    if (sign === '.') return point
    const letter = upper[29 - at] === true ? sign.toUpperCase() : sign
    return wide[at] === true ? String.fromCharCode(letter.charCodeAt(0) + WIDE) : letter
  })
  return `${before}${cased}@${domain.join('')}${after}`
}

describe.each(worlds)('one email in many spellings, $name', ({ start, preset }) => {
  let service: World
  let runs = 0

  beforeAll(async () => {
    service = await start()
  })
  afterAll(async () => {
    await service.close()
  })

  test('is one person, one account and one mailbox, in whatever order it is spelt', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(spelling, spelling, spelling, spelling, spelling),
        async ([one, two, three, four, five]) => {
          service.clock.advance({ days: 1 })
          const local = `some.body${++runs}`
          const as = (how: Spelling) => spell(local, how)
          const token = preset === 'classic' ? await register(as(one)) : await registered(local, as(one), as(two))
          const own = await service.auth.users.findByEmail(`${local}@example.com`)
          expect([token, own === null]).toEqual([200, false])
          const again = await service.send('POST', '/users', { form: { email: as(two), password: OTHER_PHRASE } })
          expect(again.status).toBe(preset === 'classic' ? 400 : 200)
          for (const how of [three, four, five]) {
            const form = { email: as(how), password: PHRASE }
            expect(sessionOf(await service.send('POST', '/sessions', { form }))).toBeDefined()
            expect((await service.auth.users.findByEmail(as(how)))?.id).toBe(own?.id)
          }
          const { users = [] } = await service.contents()
          expect(
            (users as { email_key: string }[]).filter(({ email_key: key }) => key.startsWith(`${local}@`)),
          ).toHaveLength(1)
          if (preset === 'hardened') await expectFewLetters([one, two, three, four, five].map(as))
        },
      ),
      { numRuns: 40, interruptAfterTimeLimit: TIME_MS },
    )
    expect(runs).toBeGreaterThan(3)
  })

  const register = async (email: string) =>
    (await service.send('POST', '/users', { form: { email, password: PHRASE } })).status

  /** Registers under two spellings, and follows the one link that comes. */
  async function registered(local: string, one: string, two: string): Promise<number> {
    const email = [one.trim(), two.trim()]
    const token = await service.mailed(`${local}@example.com`, async () => {
      await register(email[0] ?? '')
      await register(email[1] ?? '')
    })
    return (await service.send('PUT', '/email_verification', { form: { token, password: PHRASE } })).status
  }

  /** However many spellings somebody asks with, one link is sent while it is young. */
  async function expectFewLetters(emails: readonly string[]): Promise<void> {
    const before = await service.countLetters()
    for (const email of emails) await service.send('POST', '/reset_password', { form: { email } })
    expect((await service.countLetters()) - before).toBeLessThanOrEqual(1)
  }
})
