/** The command is a bundle: it answers as the modules do that it is made of, finds the files beside them, and carries their licenses. */
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
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

/** The program by itself, as it is installed, with the libraries of this repository beside it. */
function install(): string {
  const home = join(temporaryFolder(), 'bienvenue')
  for (const part of ['bin', 'data', 'package.json'])
    cpSync(join(dist, '..', part), join(home, part), { recursive: true })
  const filter = (path: string): boolean => !path.includes('.cache')
  cpSync(join(dist, 'bundled'), join(home, 'dist/bundled'), { recursive: true, filter })
  symlinkSync(join(dist, '../../../node_modules'), join(home, 'node_modules'))
  return home
}

/** Asks an installed program for its version. */
function askVersion(home: string): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, [join(home, 'bin/bienvenue.js'), '--version'], { encoding: 'utf8' })
}

describe('the bundle', () => {
  test('keeps what was compiled for the next start, in the folder of the program', () => {
    const home = install()
    for (const start of [1, 2]) expect([start, askVersion(home)]).toMatchObject([start, { status: 0, stderr: '' }])
    expect(readdirSync(join(home, 'dist/bundled/.cache'))).not.toEqual([])
  })

  test('starts as well where nothing can be kept', () => {
    const home = install()
    writeFileSync(join(home, 'dist/bundled/.cache'), 'no folder')
    expect(askVersion(home)).toMatchObject({ status: 0, stderr: '' })
  })

  test('does not load the client of HTTP that an import of node:http brings along', () => {
    const parts = readdirSync(join(dist, 'bundled')).filter((name) => name.endsWith('.js'))
    const texts = parts.map((name) => readFileSync(join(dist, 'bundled', name), 'utf8'))
    expect(texts.filter((text) => /\bfrom ?["'](?:node:)?http["']/.test(text))).toEqual([])
  })

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
