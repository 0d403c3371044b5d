/** Whose request it is, behind proxies that the operator named: the first address from the right that is none of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { networksFrom } from '../src/app/source.ts'
import { databases } from './support/databases.ts'
import { sendThenRead } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

describe.each(databases)('behind trusted proxies on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh(), {
      http: { trustedProxies: ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'] },
    })
  })
  afterAll(async () => {
    await service.close()
  })

  /** Who asked, as the log has it. */
  async function sourceFor(
    forwarded: string | readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const at = service.logged.length
    const { status } = await service.send('GET', '/', { headers: { 'x-forwarded-for': [forwarded].flat(), ...more } })
    expect(status).toBe(200)
    return (JSON.parse(service.logged.slice(at).find((line) => line.includes('answered')) ?? '') as { source: string })
      .source
  }

  test.each([
    ['no proxy before ours', '203.0.113.7', '203.0.113.7'],
    ['a chain of trusted ones', '203.0.113.7, 10.1.1.1, 10.2.2.2', '203.0.113.7'],
    ['a tale at the left', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['a tale that claims to be trusted', '10.9.9.9, 203.0.113.7, 10.1.1.1', '203.0.113.7'],
    ['IPv4 in IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
    ['IPv4 in IPv6, in hexadecimal', '::FFFF:cb00:7107', '203.0.113.7'],
    ['a trusted proxy in IPv6 spelling', '203.0.113.7, ::ffff:10.1.1.1', '203.0.113.7'],
    ['IPv6 in full', '2001:0DB9:0000:0000:0000:0000:0000:0001', '2001:db9::1'],
    ['IPv6 in short', '2001:db9::1', '2001:db9::1'],
    ['a trusted IPv6 proxy', '203.0.113.7, 2001:db8::5', '203.0.113.7'],
    ['spaces and tabs', ' \t203.0.113.7\t ', '203.0.113.7'],
    ['a zone, in which anything may stand', 'fe80::1%anything', 'fe80::1'],
    ['nothing', '', '127.0.0.1'],
    ['only commas', ',,,', '127.0.0.1'],
    ['only trusted ones', '10.1.1.1', '127.0.0.1'],
    ['garbage', 'abc', '127.0.0.1'],
    ['garbage at the right', '203.0.113.7, abc', '127.0.0.1'],
    ['an address with a port', '203.0.113.7:80', '127.0.0.1'],
    ['unknown', 'unknown', '127.0.0.1'],
    ['octal', '0313.0.0161.7', '127.0.0.1'],
    ['hexadecimal', '0xcb007107', '127.0.0.1'],
    ['one number', '3405803783', '127.0.0.1'],
    ['three parts', '203.0.28935', '127.0.0.1'],
    ['a network', '203.0.113.0/24', '127.0.0.1'],
    ['a name', 'localhost', '127.0.0.1'],
    ['thousands of hops', Array(1000).fill('10.1.1.1').join(), '127.0.0.1'],
  ])(
    '%s in X-Forwarded-For: the first untrusted address from the right counts, else the peer [ASVS 15.3.4]',
    async (_name, value, source) => {
      expect(await sourceFor(value)).toBe(source)
    },
  )

  test('several such headers are one list', async () => {
    expect(await sourceFor(['1.1.1.1', '203.0.113.7', '10.1.1.1'])).toBe('203.0.113.7')
  })

  test('each request of one connection counts by itself', async () => {
    const at = service.logged.length
    const one = (address: string): string => `GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${address}\r\n\r\n`
    await sendThenRead(service.port, Buffer.from(one('203.0.113.7') + one('203.0.113.8') + one('abc')))
    const sources = service.logged.slice(at).map((line) => (JSON.parse(line) as { source?: string }).source)
    expect(sources).toEqual(['203.0.113.7', '203.0.113.8', '127.0.0.1'])
  })

  test('no other header is believed: neither host, scheme nor address [ASVS 4.1.3]', async () => {
    const more = {
      forwarded: 'for=6.6.6.6;host=evil.test',
      'x-real-ip': '6.6.6.6',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
      via: '1.1 x',
    }
    expect(await sourceFor('203.0.113.7', more)).toBe('203.0.113.7')
    expect((await service.send('GET', '/', { headers: { ...more, host: 'evil.test' } })).status).toBe(421)
  })

  test('a peer that is no trusted proxy is not believed', async () => {
    const other = await startTestService(fresh(), { http: { trustedProxies: ['10.0.0.0/8'] } })
    await other.send('GET', '/', { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(other.logged.find((line) => line.includes('answered'))).toContain('"source":"127.0.0.1"')
    await other.close()
  })
})

test.each([
  ['10.0.0.1', ['10.0.0.1', 32]],
  ['10.0.0.0/8', ['10.0.0.0', 8]],
  ['::ffff:10.0.0.0/104', ['10.0.0.0', 8]],
  ['2001:db8::/32', ['2001:db8::', 32]],
])('the network %s is read as what it is, also as IPv4 in IPv6', (text, expected) => {
  const [[address, bits] = []] = networksFrom([text])
  expect([address?.toString(), bits]).toEqual(expected)
})

test.each([
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '::ffff:10.0.0.0/64',
  '2001:db8::/129',
  'proxy.example.com',
  '10.1',
  '',
])('the network %j is refused by name', (text) => {
  expect(() => networksFrom([text])).toThrow('BIENVENUE_TRUSTED_PROXIES')
})
