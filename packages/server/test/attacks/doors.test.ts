/** Every route that is there, in both presets: spelt otherwise, asked by other sites, fed without end, with names of the language, copied by caches. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openService } from '../../src/service.ts'
import { CheapHasher } from '../support/cheap-hasher.ts'
import { databases, SECRET } from '../support/databases.ts'
import { startHardened } from '../support/hardened.ts'
import { requestBytes, sendBytes, sendThenRead, sessionOf } from '../support/http.ts'
import { ROUTES } from './routes.ts'
import { OTHER_PHRASE, PHRASE, worlds } from './worlds.ts'
import type { World } from './worlds.ts'

const CHANGES = ROUTES.filter(([method]) => method !== 'GET')
const TAKING = ROUTES.filter(([, , takesBody]) => takesBody)
const EMAIL = 'doors@example.com'

describe.each(worlds)('all doors, $name', ({ start, preset }) => {
  let service: World
  let session = ''
  const NAME = preset === 'classic' ? 'session_id' : '__Host-session_id'

  beforeAll(async () => {
    service = await start()
    await service.settle(EMAIL)
    session = await service.logIn(EMAIL)
  })
  afterAll(async () => {
    await service.close()
  })

  const types = (path: string) =>
    /^\/(?:register|login|logout|reset|verify|undo|keep|forgot|account|language)/.test(path) &&
    path !== '/reset_password'
      ? ['application/x-www-form-urlencoded']
      : ['application/x-www-form-urlencoded', 'application/json']

  /** What is stored, but for the record of it. */
  const stored = async () =>
    Object.entries(await service.contents()).filter(([name]) => name !== 'audit' && name !== 'budgets')

  test('there are many, and some take bodies', () => {
    expect([ROUTES.length > 50, CHANGES.length > 25, TAKING.length > 15]).toEqual([true, true, true])
  })

  test('no other spelling of a path reaches what stands behind it, and no guard is left behind', async () => {
    const cookie = `Cookie: ${NAME}=${session}`
    const body = new URLSearchParams({ email: EMAIL, password: PHRASE, new_password: OTHER_PHRASE }).toString()
    const lines = [cookie, 'Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`]
    for (const [method, path] of ROUTES.filter(([, one]) => one !== '/')) {
      const last = path.slice(1).split('/').at(-1) ?? ''
      const encoded = `%${last.charCodeAt(0).toString(16)}${last.slice(1)}`
      const spelt = [
        `/${path}`,
        `${path}//`,
        `/.${path}`,
        `${path}/.`,
        `/x/..${path}`,
        path.toUpperCase(),
        `${path};x=y`,
        `${path}%00`,
        `${path}%2f`,
        `${path}.json`,
        path.replace(last, encoded),
        `${path}\\`,
      ]
      for (const target of spelt.filter((one) => !/\/sessions\/x.+/i.test(one))) {
        const answer = await sendBytes(
          service.port,
          requestBytes(service.port, `${method} ${target} HTTP/1.1`, lines, body),
        )
        const status = answer.slice(9, 12)
        expect([method, target, ['404', '405', '400'].includes(status) ? 'refused' : answer.slice(0, 200)]).toEqual([
          method,
          target,
          'refused',
        ])
        expect(/^set-cookie:/im.test(answer)).toBe(false)
      }
    }
    expect(await service.auth.validLogin(EMAIL, PHRASE)).toBe(true)
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
  })

  test('no other site makes a browser change anything, at any door that changes something: no login, no logout', async () => {
    const form = {
      email: EMAIL,
      password: PHRASE,
      new_password: OTHER_PHRASE,
      token: 'x',
      reset_token: 'x',
      sure: 'yes',
    }
    const before = await stored()
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: 'https://evil.test' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
      { origin: 'https://evil.test' },
      { origin: 'null', referer: 'https://evil.test/' },
      { 'sec-fetch-site': 'none' },
    ])
      for (const [method, path] of CHANGES) {
        const answer = await service.send(method, path, { form, session, headers })
        expect([method, path, answer.status, answer.headers['set-cookie']]).toEqual([method, path, 403, undefined])
      }
    expect(await stored()).toEqual(before)
  })

  test('a body that comes in pieces is cut off with 413 at every door, never with 500', async () => {
    const pieces = Buffer.concat([
      ...Array.from({ length: 40 }, () => Buffer.from(`400\r\n${'a'.repeat(1024)}\r\n`)),
      Buffer.from('0\r\n\r\n'),
    ])
    for (const [method, path] of TAKING)
      for (const type of types(path)) {
        const lines = [`Cookie: ${NAME}=${session}`, `Content-Type: ${type}`, 'Transfer-Encoding: chunked']
        const head = requestBytes(service.port, `${method} ${path} HTTP/1.1`, lines)
        const answer = await sendThenRead(service.port, Buffer.concat([Buffer.from(head), pieces]))
        expect([method, path, answer.slice(0, 12)]).toEqual([method, path, 'HTTP/1.1 413'])
      }
  })

  test('names of the language are fields, keys and headers like others, at every door', async () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'valueOf',
      'hasOwnProperty',
      '__defineGetter__',
      'then',
    ]
    const { users } = await service.contents()
    for (const [method, path] of TAKING)
      for (const type of types(path)) {
        const isJson = type.endsWith('json')
        const members = names.map((name) =>
          isJson ? `"${name}":{"polluted":1,"email":"x"}` : `${name}=1&${name}[polluted]=1&${name}.polluted=1`,
        )
        const body = isJson ? `{${members.join()}}` : members.join('&')
        const cookie = names.map((name) => `${name}=polluted`).join('; ')
        const headers = { 'content-type': type, cookie, constructor: 'x', toString: 'x', hasOwnProperty: 'x' } // as a name `__proto__` would set the object's own
        const { status } = await service.send(method, `${path}?__proto__[polluted]=1&constructor=1&__proto__=1`, {
          body,
          headers,
        })
        expect([
          method,
          path,
          (status >= 400 && status < 500) || status === 303 || (status === 200 && path === '/login'),
        ]).toEqual([method, path, true])
      }
    const lines = names.map((name) => `${name}: polluted`)
    expect(await sendBytes(service.port, requestBytes(service.port, 'GET /profile HTTP/1.1', lines))).toMatch(
      /^HTTP\/1\.1 403 /,
    )
    expect([Object.keys(Object.prototype), ({} as { polluted?: unknown }).polluted]).toEqual([[], undefined])
    expect((await service.contents())['users']).toEqual(users)
  })

  test('nothing that is somebody’s may be copied by a cache, however the path is dressed up', async () => {
    for (const [, path] of ROUTES.filter(([method]) => method === 'GET'))
      for (const dress of [
        '',
        '/x.css',
        '.css',
        '%2fx.css',
        ';x.css',
        '?x.css',
        '/..%2fassets/x.css',
        '%3fx.css',
        '/favicon.ico',
      ]) {
        const { status, headers, text } = await service.send('GET', `${path}${dress}`, { session })
        expect([path, dress, headers['cache-control']]).toEqual([path, dress, 'no-store'])
        expect(headers.age ?? headers.expires ?? headers.etag ?? headers['last-modified']).toBeUndefined()
        if (dress !== '' && !dress.startsWith('?'))
          expect([path, dress, text.includes(EMAIL), status >= 400]).toEqual([path, dress, false, true])
      }
  })

  test('no answer may be framed, reports go nowhere, and no door takes the reports of strangers', async () => {
    for (const [method, path] of ROUTES) {
      const { headers } = await service.send(method, path, { session: 'x', ...(method === 'GET' ? {} : { form: {} }) })
      const policy = String(headers['content-security-policy'])
      expect([path, policy.includes("frame-ancestors 'none'"), policy.includes('report')]).toEqual([path, true, false])
      expect([headers['reporting-endpoints'], headers['report-to'], headers['nel']]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    }
    for (const path of ['/csp', '/csp-report', '/report', '/reports', '/.well-known/csp', '/_/csp-reports'])
      expect((await service.send('POST', path, { json: {} })).status).toBe(404)
    for (const type of ['application/csp-report', 'application/reports+json'])
      for (const [method, path] of TAKING)
        expect([
          path,
          (await service.send(method, path, { body: '{}', headers: { 'content-type': type } })).status,
        ]).toEqual([path, 415])
  })
})

describe.each(databases)('one rule at every door on $name', ({ fresh }) => {
  test('a password that is too common is refused wherever one is set: routes, pages, a login, links, the library', async () => {
    const service = await startHardened(fresh())
    const weak = 'passwordpassword'
    await service.settle('every@example.com')
    const session = await service.logIn('every@example.com')
    await service.send('POST', '/reset_password', { form: { email: 'every@example.com' } })
    const token = await service.tokenFor('every@example.com', 2)
    const cookie = `__Host-reset_link=${token}`
    const ways: readonly (() => Promise<unknown>)[] = [
      async () => service.send('POST', '/users', { form: { email: 'new@example.com', password: weak } }),
      async () => service.send('POST', '/register', { form: { email: 'new@example.com', password: weak } }),
      async () => service.send('PUT', '/password', { session, form: { password: PHRASE, new_password: weak } }),
      async () =>
        service.send('POST', '/account/password', { session, form: { password: PHRASE, new_password: weak } }),
      async () =>
        service.send('PUT', '/reset_password', {
          form: { email: 'every@example.com', reset_token: token, new_password: weak },
        }),
      async () => service.send('POST', '/reset', { form: { new_password: weak }, headers: { cookie } }),
      async () => service.auth.registerUser('new@example.com', weak).catch(() => null),
      async () => service.auth.updatePassword(token, weak).catch(() => null),
    ]
    for (const way of ways) await way()
    await service.auth.background.send()
    expect(service.smtp.to('new@example.com')).toEqual([])
    expect(await service.auth.validLogin('every@example.com', weak)).toBe(false)
    expect(await service.auth.validLogin('every@example.com', PHRASE)).toBe(true)
    await service.close()
  })

  test('who has not verified, is disabled or leaves is let in by no door: routes, pages, the library', async () => {
    const database = fresh()
    const settings = { service: { secret: SECRET } }
    const classic = await openService({ database, settings }, { hasher: new CheapHasher() })
    const emails = ['unverified@example.com', 'disabled@example.com', 'leaving@example.com']
    for (const email of emails) await classic.auth.registerUser(email, PHRASE)
    await classic.close()
    const service = await startHardened(database)
    const [, disabled, leaving] = await Promise.all(emails.map(async (email) => service.auth.users.findByEmail(email)))
    for (const email of emails.slice(1)) {
      await service.send('POST', '/email_verification', { form: { email } })
      const form = { token: await service.tokenFor(email), password: PHRASE }
      expect((await service.send('PUT', '/email_verification', { form })).status).toBe(200)
    }
    await service.auth.admin.disable('operator', disabled!.id)
    await service.send('DELETE', '/users/me', { session: await service.logIn(leaving!.email) })
    for (const email of emails) {
      const form = { email, password: PHRASE }
      for (const path of ['/sessions', '/login']) {
        const answer = await service.send('POST', path, { form })
        expect([path, answer.status, sessionOf(answer)]).toEqual([path, 401, undefined])
      }
      expect(await service.auth.validLogin(email, PHRASE)).toBe(false)
      expect(await service.auth.createSession(email)).toBeNull()
      await expect(service.auth.getResetPasswordToken(email)).rejects.toThrow()
      await expect(service.auth.login.withPassword(email, PHRASE)).rejects.toThrow()
      const { id } = (await service.auth.users.findByEmail(email))!
      await expect(service.auth.sessions.open(id)).rejects.toThrow()
    }
    await service.close()
  })
})
