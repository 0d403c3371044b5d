/** Asking a range query service about breaches: what it learns, and what happens when it is slow, broken or hostile. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { openBreachList } from '../src/breaches.ts'
import { SettingsError } from '../src/errors.ts'
import { logInto } from './support/service.ts'

const PASSWORD = 'turnip lantern overgrown'
const HASH = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase()
const PREFIX = HASH.slice(0, 5)
const REST = HASH.slice(5)
const OTHERS = ['0'.repeat(35), 'F'.repeat(35)].map((rest) => `${rest}:7`)

const endings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

/** A range query service that answers like this, and what it was asked. */
async function serve(answer: RequestListener): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  endings.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/range/`, asked }
}

/** A service that answers with these rows. */
async function serveRows(...rows: string[]): ReturnType<typeof serve> {
  return serve((_request, response) => response.end(rows.join('\r\n')))
}

/** What the list at this address says of the password, how long it took, and what was logged. */
async function ask(url: string) {
  const logged: string[] = []
  const start = performance.now()
  const found = await openBreachList(url, logInto(logged)).contains(PASSWORD)
  return { found, milliseconds: performance.now() - start, logged }
}

test('a password that the service knows is known, one that it does not know is not, and neither is logged [ASVS 6.2.12]', async () => {
  const known = await serveRows(OTHERS[0]!, `${REST}:3`, OTHERS[1]!)
  expect(await ask(known.url)).toMatchObject({ found: true, logged: [] })
  const lowerCase = await serveRows(`${REST.toLowerCase()}:3`)
  expect(await ask(lowerCase.url)).toMatchObject({ found: true, logged: [] })
  const unknown = await serveRows(...OTHERS, '')
  expect(await ask(unknown.url)).toMatchObject({ found: false, logged: [] })
})

test('a row with a count of nought is padding, and no breach [ASVS 6.2.12]', async () => {
  const { url } = await serveRows(...OTHERS, `${REST}:0`)
  expect(await ask(url)).toMatchObject({ found: false, logged: [] })
})

test('the service learns five letters of a hash, and gets no cookie back that it set [ASVS 6.2.12]', async () => {
  const { url, asked } = await serve((_request, response) => {
    response.setHeader('set-cookie', 'who=you; Path=/')
    response.end(OTHERS.join('\r\n'))
  })
  const list = openBreachList(url.replace(/\/$/, ''), logInto([]))
  await list.contains(PASSWORD)
  await list.contains(PASSWORD)
  expect(asked).toHaveLength(2)
  for (const { method, url: path, headers } of asked) {
    expect([method, path]).toEqual(['GET', `/range/${PREFIX}`])
    expect(headers).toMatchObject({ 'add-padding': 'true', 'user-agent': 'bienvenue' })
    expect(headers).not.toHaveProperty('cookie')
    expect(JSON.stringify(headers).toUpperCase()).not.toContain(REST)
  }
})

const hang: RequestListener = () => undefined
const dribble: RequestListener = (_request, response) => {
  const timer = setInterval(() => response.write(`${OTHERS[0]!}\r\n`), 100)
  response.on('close', () => clearInterval(timer))
}

test.each([
  ['never answers', hang],
  ['answers a row at a time', dribble],
])(
  'a service that %s is given up after a second, and the local list decides alone [ASVS 6.2.12] [ASVS 13.2.6]',
  async (_how, answer) => {
    const { url } = await serve(answer)
    const { found, milliseconds, logged } = await ask(url)
    expect(found).toBeNull()
    expect(milliseconds).toBeGreaterThan(900)
    expect(milliseconds).toBeLessThan(2000)
    expect(logged).toHaveLength(1)
  },
)

const huge: RequestListener = (_request, response) => {
  const rows = `${OTHERS[0]!}\r\n`.repeat(2000)
  const more = (): void => {
    while (!response.destroyed && response.write(rows)) continue
  }
  response.on('drain', more)
  more()
}

test.each<[string, RequestListener]>([
  ['500', (_request, response) => response.writeHead(500).end(`${REST}:3`)],
  ['429', (_request, response) => response.writeHead(429).end()],
  ['an empty page', (_request, response) => response.end()],
  ['a page of something else', (_request, response) => response.end(`<html>\r\n${REST}:3\r\n</html>`)],
  ['bytes that are no text', (_request, response) => response.end(Buffer.alloc(4096, 0xff))],
  ['a broken connection', (request) => request.socket.destroy()],
  ['an answer without end', huge],
])('after %s nothing is known, and one line says so without password or hash [ASVS 6.2.12]', async (_what, answer) => {
  const { url } = await serve(answer)
  const { found, milliseconds, logged } = await ask(url)
  expect(found).toBeNull()
  expect(milliseconds).toBeLessThan(900) // at once, and not only when time is up
  expect(logged.map((line): unknown => JSON.parse(line))).toMatchObject([{ level: 40, host: new URL(url).host }])
  for (const secret of [PASSWORD, PREFIX, REST])
    expect(logged.join('').toUpperCase()).not.toContain(secret.toUpperCase())
})

test('a redirect is not followed, not even to the same host [ASVS 1.3.6] [ASVS 15.3.2]', async () => {
  const elsewhere = await serveRows(`${REST}:3`)
  for (const target of [`${elsewhere.url}${PREFIX}`, `/other/${PREFIX}`]) {
    const { url, asked } = await serve((_request, response) => response.writeHead(302, { location: target }).end())
    expect((await ask(url)).found).toBeNull()
    expect(asked).toHaveLength(1)
  }
  expect(elsewhere.asked).toHaveLength(0)
})

test('a service that is down is noted once a minute, however many ask', async () => {
  const { url } = await serve((_request, response) => response.writeHead(503).end())
  const logged: string[] = []
  let time = Date.UTC(2026, 0, 1)
  const list = openBreachList(url, logInto(logged), () => new Date(time))
  for (let times = 0; times < 3; times += 1) expect(await list.contains(PASSWORD)).toBeNull()
  expect(logged).toHaveLength(1)
  time += 60_000
  await list.contains(PASSWORD)
  expect(logged).toHaveLength(2)
})

test.each([
  'http://breaches.example.com/range/',
  'ftp://127.0.0.1/range/',
  'https://user:word@breaches.example.com/range/',
  'https://breaches.example.com/range/?mode=ntlm',
  'https://breaches.example.com/range/#x',
])('hashes are sent to no address like %s [ASVS 1.3.6]', (url) => {
  expect(() => openBreachList(url, logInto([]))).toThrow(SettingsError)
})

test('of a flood only sixteen questions are asked at once; the rest are not held up, and the next one is asked again [ASVS 13.2.6]', async () => {
  const held: (() => void)[] = []
  const { url, asked } = await serve((_request, response) => {
    held.push(() => response.end(`${REST}:3`))
  })
  const list = openBreachList(url, logInto([]))
  const answers = Array.from({ length: 40 }, async () => list.contains(PASSWORD))
  expect(await Promise.all(answers.slice(16))).toEqual(Array(24).fill(null))
  await vi.waitUntil(() => held.length >= 16)
  expect(held).toHaveLength(16)
  for (const answer of held.splice(0)) answer()
  expect(await Promise.all(answers.slice(0, 16))).toEqual(Array(16).fill(true))
  expect(asked).toHaveLength(16)
  const again = list.contains(PASSWORD)
  await expect.poll(() => held.length).toBe(1)
  held[0]?.()
  expect(await again).toBe(true)
})
