/** Answers as bytes, and the headers that each must bear. */
import { expect } from 'vitest'

/** The parts of an answer that came as bytes. */
export function parse(bytes: string): { status: number; headers: ReadonlyMap<string, string>; body: string } {
  const [head = '', ...body] = bytes.split('\r\n\r\n')
  const [line = '', ...lines] = head.split('\r\n')
  const headers = lines.map(
    (text) => [text.slice(0, text.indexOf(':')).toLowerCase(), text.slice(text.indexOf(':') + 2)] as const,
  )
  expect(new Set(headers.map(([name]) => name)).size, `headers that come twice in ${head}`).toBe(headers.length)
  return { status: Number(line.split(' ')[1]), headers: new Map(headers), body: body.join('\r\n\r\n') }
}

/** Asks for the headers of every answer; a page has a policy of its own. */
export function expectHeaders(headers: ReadonlyMap<string, string>, page = false): void {
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  expect(headers.get('referrer-policy')).toBe('same-origin')
  expect(headers.get('cache-control')).toBe('no-store')
  const policy = headers.get('content-security-policy') ?? ''
  for (const part of [
    "default-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(page ? [] : ['sandbox', "form-action 'none'"]),
  ])
    expect(policy).toContain(part)
  expect(policy).not.toMatch(/unsafe|\*|http:/)
  expect(headers.get('cross-origin-opener-policy')).toBe(page ? 'same-origin' : undefined)
  for (const name of ['server', 'x-powered-by', 'etag', 'access-control-allow-origin'])
    expect(headers.has(name)).toBe(false)
}
