/** The command is a bundle: it answers as the modules do that it is made of, finds the files beside them, and carries their licenses. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './support/databases.ts'
import { send } from './support/http.ts'
import type { Answer, RequestOptions } from './support/http.ts'
import { serveProgram } from './support/program.ts'
import { startTestService } from './support/service.ts'

const dist = join(import.meta.dirname, '../dist')
const person = { email: 'bob@example.com', password: 'MyPwdOfBob' }
const page = { accept: 'text/html', 'accept-language': 'fr' }

/** Requests of every kind: programs and people, good and bad, files from beside the modules. The order counts. */
const REQUESTS: readonly (readonly [string, string, RequestOptions?])[] = [
  ['GET', '/'],
  ['GET', '/', { headers: page }],
  ['GET', '/register', { headers: page }],
  ['GET', '/login', { headers: page }],
  ['GET', '/inbox', { headers: page }],
  ['GET', '/backstage', { headers: page }],
  ['GET', '/healthz'],
  ['GET', '/nothing-here'],
  ['POST', '/users', { form: person }],
  ['POST', '/users', { json: person }],
  ['POST', '/users', { form: { email: 'no email', password: 'x' } }],
  ['POST', '/users', { body: '{', headers: { 'content-type': 'application/json' } }],
  ['POST', '/users', { body: 'x', headers: { 'content-type': 'text/csv' } }],
  ['POST', '/sessions', { form: { ...person, password: 'wrong' } }],
  ['POST', '/sessions', { form: person }],
  ['GET', '/profile'],
  ['PUT', '/profile'],
  ['POST', '/reset_password', { form: { email: person.email } }],
]

/** An answer with what differs each time replaced by its kind. */
function alike({ status, headers, text }: Answer, port: number): string {
  const { date, 'x-request-id': id, ...rest } = headers
  expect([typeof date, typeof id]).toEqual(['string', 'string'])
  return JSON.stringify({ status, rest, text })
    .replaceAll(String(port), 'PORT')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/[\w-]{43}/g, 'SECRET')
    .replace(/nonce-[^'"\\]+|(?<=nonce=\\")[^\\]+/g, 'NONCE')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
}

describe('the bundle', () => {
  test('answers as the modules do', async () => {
    const modules = await startTestService(`sqlite:${join(temporaryFolder(), 'modules.db')}`)
    const bundled = await serveProgram([], { cwd: temporaryFolder() })
    for (const [method, path, request] of REQUESTS) {
      const [ours, theirs] = [
        await send(modules.port, method, path, request),
        await send(bundled.port, method, path, request),
      ]
      expect(alike(theirs, bundled.port), `${method} ${path}`).toBe(alike(ours, modules.port))
    }
    await modules.close()
  })

  test('carries the license of each library in it', () => {
    const licenses = readFileSync(join(dist, 'bundled/LICENSES.txt'), 'utf8')
    for (const name of ['fastify', 'kysely', 'zod', 'preact'])
      expect(licenses).toMatch(new RegExp(`^${name} \\d+[.]`, 'm'))
    expect(licenses).toContain('Permission is hereby granted')
  })
})
