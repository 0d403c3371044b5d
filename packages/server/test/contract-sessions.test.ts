/** Sessions as the contract has them: many a person, ended by logging out, by another login and by time; cookies read strictly. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'bobs' }
const EVE = { email: 'eve@example.com', password: 'eves' }
const MINUTES = [10, 55] as const // uses are noted five minutes apart at the least

describe.each(databases)('sessions on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh())
    for (const form of [BOB, EVE]) await service.send('POST', '/users', { form })
  })
  afterAll(async () => {
    await service.close()
  })

  async function logIn(form: Readonly<Record<string, string>> = BOB, presented?: string): Promise<string> {
    const answer = await service.send('POST', '/sessions', {
      form,
      ...(presented !== undefined && { session: presented }),
    })
    return sessionOf(answer) ?? ''
  }

  async function whose(session: string): Promise<unknown> {
    const { status, json } = await service.send('GET', '/profile', { session })
    return status === 200 ? (json as { email: string }).email : status
  }

  test('a person may have many, and logging out ends the one presented', async () => {
    const [phone, laptop, tablet] = [await logIn(), await logIn(), await logIn()]
    expect(new Set([phone, laptop, tablet]).size).toBe(3)
    await service.send('DELETE', '/sessions', { session: laptop })
    expect([await whose(phone), await whose(laptop), await whose(tablet)]).toEqual([BOB.email, 403, BOB.email])
  })

  test('after logging out the session is dead, by whichever door it comes [ASVS 7.4.1]', async () => {
    const session = await logIn()
    await service.send('DELETE', '/sessions', { session })
    expect(await whose(session)).toBe(403)
    expect((await service.send('DELETE', '/sessions', { session })).status).toBe(403)
    expect(await service.auth.getUserFromSessionId(session)).toBeNull()
  })

  test('of two that log out with one session at the same moment, the session ends for both', async () => {
    const session = await logIn()
    const answers = await Promise.all([1, 2, 3].map(async () => service.send('DELETE', '/sessions', { session })))
    for (const { status } of answers) expect([302, 403]).toContain(status)
    expect(await whose(session)).toBe(403)
  })

  test('a login makes a new session and ends the one that the browser held, whosever it was [ASVS 7.2.4]', async () => {
    const first = await logIn()
    const second = await logIn(BOB, first)
    expect([await whose(first), await whose(second)]).toEqual([403, BOB.email])
    const eves = await logIn(EVE, second)
    expect([await whose(second), await whose(eves)]).toEqual([403, EVE.email])
  })

  test('a login never takes over the value that the browser brought, and a refused one ends nothing', async () => {
    const planted = '00000000-0000-4000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    const given = await logIn(BOB, planted)
    expect([given === planted, await whose(planted)]).toEqual([false, 403])
    await logIn({ ...BOB, password: 'wrong' }, given)
    expect(await whose(given)).toBe(BOB.email)
  })

  test('a session that is not used for an hour ends, and each use starts the hour anew [ASVS 7.3.1]', async () => {
    const [used, idle] = [await logIn(), await logIn()]
    for (const minutes of MINUTES) {
      service.clock.advance({ minutes })
      expect(await whose(used)).toBe(BOB.email)
    }
    expect(await whose(idle)).toBe(403)
    service.clock.advance({ minutes: 60 })
    expect(await whose(used)).toBe(403)
  })

  test('a session ends after twelve hours, however much it is used [ASVS 7.3.2]', async () => {
    const session = await logIn()
    for (let minutes = 0; minutes < 11 * 60; minutes += 30) {
      service.clock.advance({ minutes: 30 })
      expect(await whose(session)).toBe(BOB.email)
    }
    service.clock.advance({ minutes: 59 })
    expect(await whose(session)).toBe(BOB.email)
    service.clock.advance({ minutes: 1 })
    expect(await whose(session)).toBe(403)
  })

  test('who asks to be remembered stays for a week unused, and for thirty days at the most', async () => {
    const [used, idle] = [await logIn({ ...BOB, remember: 'yes' }), await logIn({ ...BOB, remember: 'yes' })]
    for (const days of [6, 6, 6, 6]) {
      service.clock.advance({ days })
      expect(await whose(used)).toBe(BOB.email)
    }
    expect(await whose(idle)).toBe(403)
    service.clock.advance({ days: 6 })
    expect(await whose(used)).toBe(403)
  })

  test.each([
    ['none', undefined],
    ['an empty header', ''],
    ['an empty value', 'session_id='],
    ['only the name', 'session_id'],
    [
      'an unknown one of the right form',
      'session_id=00000000-0000-4000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ],
    ['two of them', 'session_id=TOKEN; session_id=TOKEN'],
    ['two of them, one empty', 'session_id=; session_id=TOKEN'],
    ['another case', 'Session_Id=TOKEN'],
    ['the prefix of the other preset', '__Host-session_id=TOKEN'],
    ['NBSP before the name', '\u00a0session_id=TOKEN'],
    ['$Version before it', '$Version=1,session_id=TOKEN'],
    ['a comma between', 'a=b, session_id=TOKEN'],
    ['two spaces after the separator', 'a=b;  session_id=TOKEN'],
    ['a tab after the separator', 'a=b;\tsession_id=TOKEN'],
    ['a space before the sign', 'session_id =TOKEN'],
    ['quotes', 'session_id="TOKEN"'],
    ['percent signs', 'session_id=%54OKEN'],
    ['a longer value', 'session_id=TOKENx'],
    ['a prefix of the name', 'xsession_id=TOKEN'],
    ['an object', 'session_id[$ne]=x'],
    ['a name of the language', 'session_id=__proto__'],
  ])('a cookie that is %s signs nobody in [ASVS 16.5.3]', async (_name, cookie) => {
    const token = await logIn()
    const headers = cookie === undefined ? {} : { cookie: cookie.replaceAll('TOKEN', token) }
    expect((await service.send('GET', '/profile', { headers })).status).toBe(403)
    expect((await service.send('DELETE', '/sessions', { headers })).status).toBe(403)
    expect(await whose(token)).toBe(BOB.email)
  })

  test('a session is found among other cookies, and nowhere but in the cookie [ASVS 15.3.7]', async () => {
    const token = await logIn()
    const cookie = `theme=dark; session_id=${token}; x=session_id=y`
    expect((await service.send('GET', '/profile', { headers: { cookie } })).status).toBe(200)
    expect((await service.send('GET', `/profile?session_id=${token}`, { form: { session_id: token } })).status).toBe(
      403,
    )
    expect(
      (await service.send('GET', '/profile', { headers: { session_id: token, authorization: `Bearer ${token}` } }))
        .status,
    ).toBe(403)
  })

  test('a token with one sign changed, anywhere, signs nobody in', async () => {
    const token = await logIn()
    for (const at of [0, 20, 35, 36, 37, 60, token.length - 2]) {
      const sign = token[at] === 'a' ? 'b' : 'a'
      expect(await whose(token.slice(0, at) + sign + token.slice(at + 1))).toBe(403)
    }
  })

  test('a reset token is no session, and a session is no reset token', async () => {
    const session = await logIn()
    const { json } = await service.send('POST', '/reset_password', { form: BOB })
    expect(await whose((json as { reset_token: string }).reset_token)).toBe(403)
    const answer = await service.send('PUT', '/reset_password', {
      form: { email: BOB.email, reset_token: session, new_password: 'x' },
    })
    expect(answer.status).toBe(403)
  })
})
