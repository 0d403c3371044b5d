/** Starting, as operators do it: hardened stops before anything listens or is made, and says all that is missing. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSecret } from '../src/crypto/token.ts'
import { openService } from '../src/service.ts'
import type { Service } from '../src/service.ts'
import type { SomeSettings } from '../src/settings.ts'
import { temporaryFolder } from './support/databases.ts'
import { send } from './support/http.ts'
import { runProgram, serveProgram } from './support/program.ts'
import { startSmtp } from './support/smtp.ts'
import type { TestSmtp } from './support/smtp.ts'

const top = temporaryFolder()
const secret = makeSecret()
let smtp: TestSmtp
let folders = 0
let needs: Readonly<Record<string, string>>

beforeAll(async () => {
  smtp = await startSmtp()
  needs = {
    BIENVENUE_PRESET: 'hardened',
    BIENVENUE_URL: 'https://id.example.test',
    BIENVENUE_SECRET: secret,
    BIENVENUE_SMTP_URL: smtp.url,
    BIENVENUE_MAIL_FROM: 'Example <accounts@example.test>',
  }
})
afterAll(async () => smtp.close())

/** What is in bounds as a value, and refused by whoever works with it. */
const FOR_THE_APP = [
  ['BIENVENUE_HTTP_ALLOWED_ORIGINS', 'https://app.example.test/'],
  ['BIENVENUE_HTTP_NEXT_ORIGINS', 'https://app.example.test/'],
  ['BIENVENUE_HTTP_CSP_REPORT_URL', 'http://reports.example.test/'],
  ['BIENVENUE_BRAND_LOGO_FILE', 'nowhere.svg'],
  ['BIENVENUE_PASSWORDS_BREACH_URL', 'http://breaches.example.test/'],
  ['BIENVENUE_TRUSTED_PROXIES', '10.0.0.0/33'],
] as const

/** A folder with nothing in it. */
function empty(): string {
  const folder = join(top, String(++folders))
  mkdirSync(folder)
  return folder
}

/** Whether something listens there. */
async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(socket.destroy().destroyed))
    socket.on('error', () => resolve(false))
  })
}

describe('hardened', () => {
  test('starts with what it needs, and answers', async () => {
    const folder = empty()
    const serving = await serveProgram([], { cwd: folder, env: needs })
    expect((await send(serving.port, 'GET', '/')).json).toEqual({ message: 'Bienvenue' })
    expect(serving.lines.join('\n')).not.toMatch(/weaker|classic/)
    expect(serving.lines.join('\n')).not.toContain(secret)
    expect(readdirSync(folder).toSorted()[0]).toBe('bienvenue.db')
  })

  test.each([
    ['BIENVENUE_URL', 'is needed'],
    ['BIENVENUE_SECRET', 'is needed'],
    ['BIENVENUE_SMTP_URL', 'is needed'],
    ['BIENVENUE_MAIL_FROM', 'is needed'],
  ])('without %s is one line, exit 2, and leaves no trace', async (name, message) => {
    const folder = empty()
    const env = { ...needs, [name]: '' }
    const { code, out, err } = await runProgram(['serve', '--port', '0'], { cwd: folder, env })
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(new RegExp(`^bienvenue: ${name}: ${message}[^\\n]*\\n$`))
    expect(readdirSync(folder)).toEqual([])
  })

  test('says everything at once, listens to nobody, makes no file, and repeats no secret', async () => {
    const folder = empty()
    const free = 49_152 + (process.pid % 10_000)
    const env = {
      BIENVENUE_PRESET: 'hardened',
      BIENVENUE_URL: 'http://id.example.test',
      BIENVENUE_SECRET: `${secret},hunter2`,
      BIENVENUE_SMTP_URL: 'http://bob:hunter2@mail.example.test',
      BIENVENUE_RESET_IN_RESPONSE: 'yes',
      BIENVENUE_TRUSTED_PROXIES: '10.0.0.0/33',
    }
    const { code, out, err } = await runProgram(['serve', '--port', String(free)], { cwd: folder, env })
    expect([code, out]).toEqual([2, ''])
    const lines = err.trimEnd().split('\n')
    expect(lines.map((line) => /^bienvenue: ([A-Z_]+): /.exec(line)?.[1])).toEqual([
      'BIENVENUE_RESET_IN_RESPONSE',
      'BIENVENUE_URL',
      'BIENVENUE_SECRET',
      'BIENVENUE_SMTP_URL',
      'BIENVENUE_MAIL_FROM',
      'BIENVENUE_TRUSTED_PROXIES',
    ])
    expect(err).not.toMatch(new RegExp(`hunter2|${secret}`))
    expect(await listens(free)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([[['users', 'list']], [['migrate']], [['outbox']], [['secret', 'rotate']]])(
    '%j asks for the same, and makes no file either',
    async (args) => {
      const folder = empty()
      const { code, err } = await runProgram(args, { cwd: folder, env: { BIENVENUE_PRESET: 'hardened' } })
      expect(code).toBe(2)
      expect(err.trimEnd().split('\n')).toHaveLength(4)
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test.each(FOR_THE_APP)('whose app would refuse %s=%s makes no file, in either preset', async (name, value) => {
    for (const more of [{}, needs]) {
      const folder = empty()
      const env = { ...more, [name]: value }
      const { code, out, err } = await runProgram(['serve', '--port', '0'], { cwd: folder, env })
      expect([code, out]).toEqual([2, ''])
      expect(err).toMatch(new RegExp(`^bienvenue: ${name}: [^\\n]*\\n$`))
      expect(readdirSync(folder)).toEqual([])
    }
  })

  test('takes the secret from a file', async () => {
    const folder = empty()
    writeFileSync(join(folder, 'secret'), `${secret}\n`, { mode: 0o600 })
    const env = { ...needs, BIENVENUE_SECRET: '', BIENVENUE_SECRET_FILE: 'secret' }
    const serving = await serveProgram([], { cwd: folder, env })
    expect((await send(serving.port, 'GET', '/readyz')).status).toBe(200)
  })

  test('lists at the start what is weaker than its own', async () => {
    const env = { ...needs, BIENVENUE_SESSIONS_HOURS: '24', BIENVENUE_RESET_MINUTES: '60' }
    const serving = await serveProgram([], { cwd: empty(), env })
    expect(JSON.parse(await serving.line('weaker'))).toMatchObject({
      level: 40,
      weaker: ['sessions.hours is 24 (hardened: 12)', 'reset.minutes is 60 (hardened: 30)'],
    })
  })

  test('starts as a library with the same options, and refuses the same', async () => {
    const database = `sqlite:${join(empty(), 'library.db')}`
    const settings = { service: { secret }, mail: { smtpUrl: smtp.url, from: 'accounts@example.test' } }
    const service = await openService({ preset: 'hardened', url: 'https://id.example.test', database, settings })
    expect(service.settings.users.verifyFirst).toBe(true)
    await service.close()
    await expect(openService({ preset: 'hardened', database, settings })).rejects.toThrow('BIENVENUE_URL: is needed')
  })

  test('as a library, leaves nothing open where it is refused', async () => {
    const path = join(empty(), 'library.db')
    const open = async (settings: SomeSettings): Promise<Service> =>
      openService({ database: `sqlite:${path}`, settings })
    await (await open({})).close()
    await expect(open({ passwords: { breachUrl: 'http://breaches.example.test/' } })).rejects.toThrow(
      'must be an https',
    )
    await expect(open({ brand: { logoFile: 'nowhere.svg' } })).rejects.toThrow('must be a file')
    const held = execFileSync('ls', ['-l', `/proc/${String(process.pid)}/fd`], { encoding: 'utf8' })
    expect(held).not.toContain(path)
  })

  test('shows its secrets in no list of processes [ASVS 13.3.1]', async () => {
    await serveProgram([], { cwd: empty(), env: needs })
    const listed = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    expect(listed).toContain('bienvenue.js serve')
    expect(listed).not.toContain(secret)
  })
})

test('classic says at its start how to leave it', async () => {
  const serving = await serveProgram([], { cwd: empty(), env: {} })
  const { msg } = JSON.parse(await serving.line('made for learning')) as { msg: string }
  for (const name of ['BIENVENUE_PRESET=hardened', 'BIENVENUE_URL', 'BIENVENUE_SECRET', 'BIENVENUE_SMTP_URL'])
    expect(msg).toContain(name)
})
