/** What the trials have in common: Bob, who comes in through the proxy, and the programs that must be there. */
import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import type { Answer, Trial } from './trial.ts'

/** Somebody with an account, once he has registered. */
export const BOB = { email: 'bob@example.com', password: 'a river runs by it' }
/** What a liar sends: headers by which the proxy would tell the app who is there. */
export const CLAIMS = { 'x-user-id': '999', 'x-user-email': 'boss@example.com' }

/** Says which programs are missing. @throws {Error} Where one is. */
export function requirePrograms(): void {
  for (const [program, debian] of [
    ['nginx', 'nginx'],
    ['openssl', 'openssl'],
  ] as const) {
    const { error } = spawnSync(program, ['version'], { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } })
    if (error !== undefined) throw new Error(`These tests need Debian's package ${debian}: install it, then try again.`)
  }
}

/** Registers Bob through the proxy, and follows the link of his letter. */
export async function register({ ask, line, address }: Trial): Promise<void> {
  expect((await ask('POST', '/auth/users', { form: BOB })).status).toBe(200)
  const [, link = ''] = await line(/^letter to bob@example\.com: (.*)$/)
  expect(link.startsWith(`${address}/auth/verify`)).toBe(true)
  const token = new URL(link).searchParams.get('token') ?? ''
  expect((await ask('PUT', '/auth/email_verification', { form: { token, password: BOB.password } })).status).toBe(200)
}

/** Logs Bob in through the proxy, and resolves to his cookie. */
export async function logIn({ ask }: Trial): Promise<string> {
  const { status, headers } = await ask('POST', '/auth/sessions', { form: BOB })
  expect(status).toBe(200)
  const set = headers['set-cookie']?.find((cookie) => cookie.startsWith('__Host-session_id=')) ?? ''
  expect(set).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
  return set.split(';')[0] ?? ''
}

/** Status and text, or where to. */
export const gist = ({ status, headers, text }: Answer) => [status, headers.location ?? text]
