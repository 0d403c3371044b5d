/** Forward authentication as a reader of docs/in-your-app.md would run it: the proxy asks the service who is there, and tells the app. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startChromium } from '../packages/server/test/browser/chromium.ts'
import { BOB, CLAIMS, gist, logIn, register, requirePrograms } from './support/bob.ts'
import { startTrial, VISITOR } from './support/trial.ts'
import type { Trial } from './support/trial.ts'

beforeAll(requirePrograms)

describe('forward authentication', () => {
  let trial: Trial
  let cookie = ''
  beforeAll(async () => {
    trial = await startTrial('forward-auth')
    await register(trial)
    cookie = await logIn(trial)
  })
  afterAll(async () => {
    expect(await trial.end()).toEqual([]) // nothing is left behind
  })

  test('a stranger is sent to log in and told the way back; what is no look at a page is told 401', async () => {
    const { status, headers } = await trial.ask('GET', '/notes?a=1&b=2')
    expect([status, headers.location]).toEqual([302, '/login?next=/notes?a=1&b=2'])
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await trial.ask(method, '/notes')).status).toBe(401)
    expect((await trial.ask('GET', '/login')).text).toContain('<h1>Log in</h1>')
  })

  test('the app learns from the proxy who is there', async () => {
    const hello = 'Hello bob@example.com, number 1, at /notes?a=1\n'
    expect(gist(await trial.ask('GET', '/notes?a=1', { headers: { cookie } }))).toEqual([200, hello])
  })

  test('nobody becomes somebody else by saying so', async () => {
    const tries = [
      CLAIMS,
      { 'X-USER-ID': '999' },
      { 'x-user-id': ['1', '999'] },
      { x_user_id: '999' },
      { 'X_User-Id': '9' },
    ]
    const hops = [
      { ...CLAIMS, connection: 'close, x-user-id' },
      { ...CLAIMS, 'x-forwarded-for': '127.0.0.1' },
    ]
    for (const headers of [...tries, ...hops]) {
      expect((await trial.ask('GET', '/', { headers })).headers.location).toBe('/login?next=/')
      const { text } = await trial.ask('GET', '/', { headers: { ...headers, cookie } })
      expect(text).toBe('Hello bob@example.com, number 1, at /\n')
    }
    for (const wrong of ['__Host-session_id=x', `${cookie}; ${cookie}`, cookie.replace('__Host-', '')])
      expect((await trial.ask('GET', '/', { headers: { ...CLAIMS, cookie: wrong } })).status).toBe(302)
  })

  test.each([
    '/login/../secret',
    '/login/%2e%2e/secret',
    '/login/..%2fsecret',
    '/login/',
    '/login%00',
    '/LOGIN',
    '//login',
    '/./login',
    '/secret/../login',
    '/secret/%2e%2e/login',
    '/auth/../secret',
    '/auth/..%2fsecret',
    '/_session',
    '/auth//../secret',
    '/login;/../secret',
    '/login?/../secret',
    '/login\\..\\secret',
  ])('no spelling of a path gets a stranger to the app: %s', async (path) => {
    const { status, text } = await trial.ask('GET', path, { headers: CLAIMS })
    expect(text).not.toContain('Hello')
    if (status === 200) expect(text).toContain('<h1>Log in</h1>')
  })

  test('the app alone, without what the proxy says, serves nobody', async () => {
    const { status } = await fetch(`http://127.0.0.1:${String(trial.inside.app)}/`)
    expect(status).toBe(500)
    const refused = await new Promise((resolve) =>
      connect({ host: VISITOR, port: trial.inside.app }, () => resolve('connected')).on('error', () =>
        resolve('refused'),
      ),
    )
    expect(refused).toBe('refused') // by any other address than 127.0.0.1 it is not there
  })

  test('in a browser: to a page, by way of logging in, and never to another site', async () => {
    const browser = await startChromium()
    try {
      for (const [wanted, reached] of [
        ['/notes?a=1&b=2', '/notes?a=1&b=2'],
        ['/login?next=//evil.test/', '/'],
        ['/login?next=https://evil.test/', '/'],
        ['/login?next=javascript:alert(1)', '/'],
        ['/login?next=/\\evil.test', '/'],
      ]) {
        const page = await browser.newPage({ ignoreHTTPSErrors: true })
        await page.goto(`${trial.address}${wanted!}`)
        await page.fill('[name=email]', BOB.email)
        await page.fill('[name=password]', BOB.password)
        await page.click('button[value=sessions]')
        await page.getByText('Hello bob@example.com').waitFor()
        expect(page.url()).toBe(`${trial.address}${reached!}`)
        await page.close()
      }
    } finally {
      await browser.close()
    }
  })
})
