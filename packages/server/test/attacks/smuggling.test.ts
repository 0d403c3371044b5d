/** Requests that two parsers would read differently: where one ends, and what hides in it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { requestBytes, sendBytes } from '../support/http.ts'
import { startWith } from '../support/service.ts'
import type { TestService } from '../support/service.ts'

const BOB = { email: 'bob@example.com', password: 'p' }
const SMUGGLED = { email: 'smuggled@example.com', password: 'p' }

describe.each(databases)('smuggling on $name', ({ fresh }) => {
  let service: TestService
  let session = ''

  beforeAll(async () => {
    ;({ service, session } = await startWith(BOB, fresh()))
  })
  afterAll(async () => {
    await service.close()
  })

  /** A whole request that registers somebody, to be hidden in the body of another. */
  function hidden(): string {
    const body = JSON.stringify(SMUGGLED)
    return `POST /users HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  }

  test.each([
    ['a length and chunks', ['Content-Length: 6', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 6'], '0\r\n\r\n'],
    ['two lengths', ['Content-Length: 0', 'Content-Length: 44'], ''],
    ['two equal lengths', ['Content-Length: 2', 'Content-Length: 2'], '{}'],
    ['a list of lengths', ['Content-Length: 2, 2'], '{}'],
    ['a negative length', ['Content-Length: -1'], ''],
    ['a length with a sign', ['Content-Length: +2'], '{}'],
    ['a length in hexadecimal', ['Content-Length: 0x2'], '{}'],
    ['a length beyond all numbers', ['Content-Length: 99999999999999999999999'], ''],
    ['two encodings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], '0\r\n\r\n'],
    ['an encoding after chunked', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['an encoding that sounds like chunked', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a space before the colon', ['Transfer-Encoding : chunked'], '0\r\n\r\n'],
    ['a vertical tab in the encoding', ['Transfer-Encoding: \x0bchunked'], '0\r\n\r\n'],
    ['a folded line', ['X-A: b', ' Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['a folded encoding', ['Transfer-Encoding:', ' chunked'], '0\r\n\r\n'],
    ['a bare CR', ['X-A: b\rTransfer-Encoding: chunked'], '0\r\n\r\n'],
    ['a bare LF', ['X-A: b\nTransfer-Encoding: chunked'], '0\r\n\r\n'],
    ['NUL in a header', ['X-A: b\0c'], ''],
    ['a header without a name', [': x'], ''],
    ['a chunk size with a sign', ['Transfer-Encoding: chunked'], '+0\r\n\r\n'],
    ['a chunk size with 0x', ['Transfer-Encoding: chunked'], '0x0\r\n\r\n'],
    ['a chunk that ends in LF', ['Transfer-Encoding: chunked'], '2\n{}\n0\n\n'],
    ['a chunk longer than it says', ['Transfer-Encoding: chunked'], '1\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size beyond all numbers', ['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\n'],
  ])('a request with %s is refused, and what it hides is not done [ASVS 4.2.1]', async (_name, lines, body) => {
    const head = [
      `POST /sessions HTTP/1.1`,
      `Host: 127.0.0.1:${service.port}`,
      'Content-Type: application/json',
      ...lines,
    ].join('\r\n')
    const answer = await sendBytes(service.port, `${head}\r\n\r\n${body}${hidden()}`)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(answer).toContain('connection: close')
    expect(await service.auth.users.findByEmail(SMUGGLED.email)).toBeNull()
  })

  test('two requests in one go get two answers in order, each for its own', async () => {
    const first = `GET /profile HTTP/1.1\r\nHost: localhost\r\nCookie: session_id=${session}\r\n\r\n`
    const answer = await sendBytes(service.port, first + requestBytes(service.port, 'GET /profile HTTP/1.1'))
    expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 403'])
  })
})
