/** Each example runs as its readers would run it, and says what it should. */
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { openService } from 'bienvenue'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const EMAIL = 'guillaume@holberton.io'
const CREDENTIALS = { email: EMAIL, password: 'b4l0u' }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bienvenue-examples-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** The path of an example. */
const path = (name: string) => join(import.meta.dirname, name)

/** Runs a program to its end, and resolves to what it printed. */
async function printed(program: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(program, args, { cwd: folder })
  return stdout.trimEnd().split('\n')
}

/** The address in the first line that an example prints. */
async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line.replace('listening on ', '')
  throw new Error('the example ended before it listened')
}

/** Runs an example that serves, on a free port and a database of its own, for as long as `use` takes. */
async function serving(name: string, use: (address: string) => Promise<void>): Promise<void> {
  const env = { ...process.env, PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'example.db')}` }
  const child = spawn(process.execPath, [path(name)], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    await use(await addressOf(child))
  } finally {
    child.kill('SIGTERM')
  }
  expect(await ended).toEqual([0, null])
}

/** Registers and logs in at this address, and resolves to the session cookie. */
async function loggedIn(address: string): Promise<string> {
  const body = new URLSearchParams(CREDENTIALS)
  await fetch(`${address}/users`, { method: 'POST', body })
  const answer = await fetch(`${address}/sessions`, { method: 'POST', body })
  return answer.headers.getSetCookie()[0]!.split(';')[0]!
}

describe('the service inside other programs', () => {
  test('library.ts goes through the classes', async () => {
    expect(await printed(process.execPath, path('library.ts'))).toEqual([
      'visitor: a stranger',
      'registered: 1 bob@example.com',
      'refused: User BOB@example.com already exists (users.email_taken)',
      'wrong password: false',
      'right password: true',
      'session of: bob@example.com',
      'after logging out: null',
      'old password: false',
      'new password: true',
      'eve: no user matches',
    ])
  })

  test('node-http.ts answers its own path, and the service answers all others', async () => {
    await serving('node-http.ts', async (address) => {
      expect(await (await fetch(`${address}/hello`)).text()).toBe('Hello from the program.\n')
      expect(await (await fetch(address)).json()).toEqual({ message: 'Bienvenue' })
      const cookie = await loggedIn(address)
      expect(await (await fetch(`${address}/profile`, { headers: { cookie } })).json()).toEqual({ email: EMAIL })
      expect((await fetch(`${address}/nowhere`)).status).toBe(404)
    })
  })

  test('express.ts knows on its own pages who is logged in', async () => {
    await serving('express.ts', async (address) => {
      expect(await (await fetch(`${address}/hello`)).json()).toEqual({ hello: 'stranger' })
      expect((await fetch(`${address}/until`)).status).toBe(401)
      const cookie = await loggedIn(address)
      expect(await (await fetch(`${address}/hello`, { headers: { cookie } })).json()).toEqual({ hello: EMAIL })
      const twice = { cookie: `${cookie}; ${cookie}` } // of two, neither counts, as in the service itself
      expect(await (await fetch(`${address}/hello`, { headers: twice })).json()).toEqual({ hello: 'stranger' })
      const until = await fetch(`${address}/until`, { headers: { cookie } })
      expect(await until.json()).toEqual({ email: EMAIL, until: expect.any(String) as string })
      const route = await fetch(`${address}/session`, { headers: { cookie } }) // the service's own, as for other programs
      expect(await route.json()).toMatchObject({ email: EMAIL, email_verified: false })
      expect((await fetch(`${address}/nowhere`)).status).toBe(404)
    })
  })
})

const DEBIAN = { curl: 'curl', python3: 'python3-requests' }

/** Fails with the name of the package to install where a program cannot run. */
async function needs(program: keyof typeof DEBIAN, ...args: string[]): Promise<void> {
  await printed(program, ...args).catch((error: unknown) => {
    throw new Error(`This test needs Debian's package ${DEBIAN[program]}: install it, then try again.`, {
      cause: error,
    })
  })
}

describe('the well-known story', () => {
  const story = (logout: number) => [
    'register: 200',
    'guess a password: 401',
    'profile, logged out: 403',
    'log in: 200',
    'profile, logged in: 200',
    `log out: ${String(logout)}`,
    'ask for a reset token: 200',
    'set a new password: 200',
    'log in: 200',
    'the story is told',
  ]

  /** What a teller of the story prints, told against a fresh service. */
  async function told(...[program, ...args]: [string, ...string[]]): Promise<string[]> {
    const service = await openService({ database: 'sqlite::memory:', settings: { http: { port: 0 } } })
    try {
      return await printed(program, ...args, await service.listen())
    } finally {
      await service.close()
    }
  }

  test("from Node's fetch", async () => {
    expect(await told(process.execPath, path('client.ts'))).toEqual(story(303))
  })

  test('from curl', async () => {
    await needs('curl', '--version')
    expect(await told('bash', path('story.sh'))).toEqual(story(302))
  })

  test("from Python's requests", async () => {
    await needs('python3', '-c', 'import requests')
    expect(await told('python3', path('story.py'))).toEqual(story(302))
  })
})
