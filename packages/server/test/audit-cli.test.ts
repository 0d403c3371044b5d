/** `bienvenue audit` and `bienvenue audit verify`, run as operators run them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Act } from '../src/auth/audit.ts'
import type { AuditEvent } from '../src/auth/audit-events.ts'
import { makeSecret } from '../src/crypto/token.ts'
import { canonicalEmail } from '../src/email.ts'
import type { UserId } from '../src/user.ts'
import { openAudit, tamper } from './support/audit.ts'
import type { OpenAudit } from './support/audit.ts'
import { TestClock } from './support/clock.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { send } from './support/http.ts'
import { PROGRAM, runProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'

const folder = temporaryFolder()
const HOUR = 60 * 60_000
const EVIL = 'x\u001b[31m\u202e\r\n'

describe.each(databases)('the audit on the command line, on $name', ({ fresh }) => {
  const [older, newer] = [makeSecret(), makeSecret()]
  const url = fresh()
  const env = { DATABASE_URL: url, BIENVENUE_SECRET: `${newer},${older}` }
  const audit = async (...args: string[]): Promise<Ended> => runProgram(['audit', ...args], { cwd: folder, env })
  /** The kinds of event in what was printed as JSON. */
  const kindsIn = ({ out }: Ended) =>
    out
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { event: string }).event)

  /** A clock of two hours ago: the command has that of this machine. */
  function clock(): TestClock {
    const own = new TestClock()
    own.advance({ seconds: Math.floor((Date.now() - 2 * HOUR - own.now().getTime()) / 1000) })
    return own
  }

  const ann = canonicalEmail('ann@example.com')
  const from = (source: string): NonNullable<Act['from']> => ({
    device: 'a program',
    place: 'nowhere',
    source,
    agent: 'curl',
    requestId: 'r',
  })
  const acts: readonly (readonly [AuditEvent, Act])[] = [
    ['users.registered', { userId: 1 as UserId, email: ann, from: from('203.0.113.7') }],
    ['login.failed', { email: ann, from: from('198.51.100.4'), method: 'password' }],
    [
      'login.failed',
      { userId: 2 as UserId, from: { ...from('2001:db8::1'), agent: `=1+1,"${EVIL}`, device: EVIL }, times: 3 },
    ],
    [
      'login.succeeded',
      {
        userId: 1 as UserId,
        email: ann,
        from: from('203.0.113.9'),
        method: 'password',
        sessionId: 's',
        facts: { known_device: true },
      },
    ],
    ['admin.disabled', { userId: 1 as UserId, method: 'operator' }],
  ]

  beforeAll(async () => {
    const time = clock()
    const first = await openAudit(url, { secret: older, clock: time })
    for (const [event, act] of acts.slice(0, 2)) await first.note(event, act)
    await first.auth.seals.seal()
    await first.close()
    const second = await openAudit(url, { secret: `${newer},${older}`, clock: time })
    for (const [event, act] of acts.slice(2)) {
      time.advance({ minutes: 30 })
      await second.note(event, act)
    }
    await second.auth.seals.seal()
    await second.close()
  })

  test('prints a line for each entry, the latest last, and nothing on a terminal that a stranger wrote [ASVS 16.4.1]', async () => {
    const { code, out, err } = await audit()
    expect([code, err]).toEqual([0, ''])
    const lines = out.trimEnd().split('\n')
    expect(lines.map((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}(\S+)/.exec(line)?.[1])).toEqual(
      acts.map(([event]) => event),
    )
    expect(lines[1]).toMatch(/failure {2}nobody {6}198\.51\.100\.4 {5}a program {2}by password$/)
    expect(lines[2]).toMatch(/person 2 {4}2001:db8::1 {6}x\\u001b\[31m\\u202e\\u000d\\u000a {2}3 times$/)
    expect(lines[3]).toMatch(/known_device=true$/)
    expect(lines[4]).toMatch(/success {2}person 1 {19,}by operator$/)
    expect(out).not.toContain('\u001b')
  })

  test.each([
    [
      ['--kind', 'login'],
      [1, 2, 3],
    ],
    [
      ['--kind', 'login.failed,users'],
      [0, 1, 2],
    ],
    [['--failed'], [1, 2]],
    [['--failed', '--kind', 'users'], []],
    [['--failed', '--kind', 'login.succeeded'], []],
    [
      ['--person', '1'],
      [0, 3, 4],
    ],
    [['--person', '2'], [2]],
    [
      ['--person', 'Ann@Example.com'],
      [0, 1, 3],
    ],
    [['--person', 'nobody@example.com'], []],
    [
      ['--source', '203.0.113.0/24'],
      [0, 3],
    ],
    [['--source', '::ffff:203.0.113.9'], [3]],
    [['--source', '2001:db8::/32'], [2]],
    [
      ['--since', '80m'],
      [3, 4],
    ],
    [
      ['--since', '100m', '--until', '45m'],
      [2, 3],
    ],
    [
      ['--since', '2000-01-01'],
      [0, 1, 2, 3, 4],
    ],
    [['--until', '2000-01-01T00:00'], []],
    [['--until', '2000-01-01T00:00+02:00'], []],
    [
      ['--limit', '2'],
      [3, 4],
    ],
    [
      ['--limit', '0'],
      [0, 1, 2, 3, 4],
    ],
    [['--limit', '1', '--failed', '--kind', 'login', '--since', '1d'], [2]],
  ])('%j finds what it says', async (args, found) => {
    const run = await audit('--json', ...args)
    expect([run.code, run.err]).toEqual([0, ''])
    expect(kindsIn(run)).toEqual(found.map((index) => acts[index]![0]))
  })

  test('gives programs every field', async () => {
    const { out } = await audit('--json', '--limit', '2')
    const [line = ''] = out.split('\n')
    const entry: unknown = JSON.parse(line)
    expect(entry).toEqual({
      id: 4,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) as string,
      event: 'login.succeeded',
      outcome: 'success',
      userId: 1,
      subject: expect.stringMatching(/^[\w-]{22}$/) as string,
      source: '203.0.113.9',
      device: 'a program',
      agent: 'curl',
      requestId: 'r',
      sessionId: 's',
      method: 'password',
      times: 1,
      facts: { known_device: true },
    })
  })

  test('gives spreadsheets lines of cells, and no formula [ASVS 1.2.10]', async () => {
    const run = await audit('--csv', '--kind', 'login.failed', '--since', '100m')
    expect(run.code).toBe(0)
    const [names, ...lines] = run.out.split('\r\n')
    expect(names).toBe('id,at,event,outcome,userId,subject,source,device,agent,requestId,sessionId,method,times,facts')
    expect(lines.join('\r\n')).toMatch(/^3,[^,]*,login\.failed,failure,2,,2001:db8::1,/)
    expect(run.out).toContain(`,"'=1+1,""x\u001b[31m\u202e\r\n",r,,,3,{}\r\n`)
    const quoted = await audit('--csv', '--limit', '2')
    expect(quoted.out).toContain(',s,password,1,"{""known_device"":true}"\r\n')
  })

  test.each([
    [['--kind', 'login.fialed'], 'did you mean login.failed?'],
    [['--kind', ''], 'did you mean'],
    [['--limit', '-1'], '--limit takes'],
    [['--limit', '1e3'], '--limit takes'],
    [['--since', 'yesterday'], '--since takes'],
    [['--since', '2026-02-30'], '--since takes'],
    [['--until', '2026-02-30T10:00Z'], '--until takes'],
    [['--until', '2026-13-01'], '--until takes'],
    [['--until', '5'], '--until takes'],
    [['--source', '203.0.113'], '--source takes'],
    [['--source', '203.0.113.0/33'], '--source takes'],
    [['--person', 'bob'], '--person takes'],
    [['--person', ''], '--person takes'],
    [['--json', '--csv'], 'not both'],
    [['verify', '--head', '5'], '--head takes'],
    [['verify', '--head', `0:${'a'.repeat(43)}`], '--head takes'],
    [['verify', '--head', `5:${'a'.repeat(44)}`], '--head takes'],
    [['verfy'], 'too many arguments'],
  ])('refuses %j: exit 2', async (args, hint) => {
    const { code, out, err } = await audit(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(hint)
    expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
  })

  test('follows what happens until it is told to stop, and ends with 0', async () => {
    const [own, secret] = [fresh(), makeSecret()]
    const service = await openAudit(own, { secret })
    await service.noteMany(3)
    const program = spawn(process.execPath, [PROGRAM, 'audit', '--follow', '--limit', '1', '--failed', '--json'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: own, BIENVENUE_SECRET: secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void program.kill('SIGKILL'))
    const ended = once(program, 'exit')
    const ids: number[] = []
    createInterface({ input: program.stdout }).on('line', (line) => ids.push((JSON.parse(line) as { id: number }).id))
    await expect.poll(() => ids, { timeout: 10_000 }).toEqual([3])
    await service.noteMany(2)
    await service.note('login.succeeded')
    await expect.poll(() => ids, { timeout: 10_000 }).toEqual([3, 4, 5])
    await service.noteMany(1)
    await expect.poll(() => ids, { timeout: 10_000 }).toEqual([3, 4, 5, 7])
    program.kill('SIGINT')
    expect(await ended).toEqual([0, null])
  })

  test('prints as many as there are, in their order', async () => {
    const [own, secret] = [fresh(), makeSecret()]
    const service = await openAudit(own, { secret })
    await service.noteMany(1700)
    const numbers = async (...args: string[]): Promise<readonly number[]> => {
      const { out } = await runProgram(['audit', '--json', ...args], {
        cwd: folder,
        env: { DATABASE_URL: own, BIENVENUE_SECRET: secret },
      })
      return out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: number }).id)
    }
    const from1To = Array.from({ length: 1700 }, (_, index) => index + 1)
    expect(await numbers('--limit', '0')).toEqual(from1To)
    expect(await numbers('--limit', '1600')).toEqual(from1To.slice(100))
    expect(await numbers()).toEqual(from1To.slice(1600))
  })

  describe('verify', () => {
    /** An audit of its own, with ten sealed entries, and the command on it. */
    async function sealed() {
      const [own, secret] = [fresh(), makeSecret()]
      const service = await openAudit(own, { secret, clock: clock() })
      await service.noteMany(10)
      await service.auth.seals.seal()
      const verify = async (...args: string[]): Promise<Ended> =>
        runProgram(['audit', 'verify', ...args], { cwd: folder, env: { DATABASE_URL: own, BIENVENUE_SECRET: secret } })
      return { own, service, verify, head: headOf(service) }
    }
    const headOf = ({ logged }: OpenAudit): string => {
      const { count, hash } = logged.findLast(([, words]) => words === 'audit head')![0] as {
        count: number
        hash: string
      }
      return `${count}:${hash}`
    }

    test('says that nothing was changed, how many entries, from when to when, and the head', async () => {
      const { verify, head } = await sealed()
      const { code, out, err } = await verify('--head', head)
      expect([code, err]).toEqual([0, ''])
      expect(out).toMatch(
        /^audit {11}nothing was changed\nentries {9}10\nfrom {12}\S+Z\nto {14}\S+Z\nhead {12}10:[\w-]{43}\n$/,
      )
      expect(out).toContain(head)
      const asJson = await verify('--json', '--log-level', 'warn') // settings are its own too
      expect(JSON.parse(asJson.out)).toMatchObject({ isWhole: true, head, entries: 10, finding: null })
    })

    test('names what was changed in one line, and ends with 1', async () => {
      const { own, verify, head } = await sealed()
      await tamper(own, async (db) =>
        db.updateTable('audit').set({ source: '203.0.113.9', event: EVIL }).where('id', '=', 5).execute(),
      )
      const { code, out, err } = await verify()
      expect(code).toBe(1)
      expect(out).toMatch(/^audit {11}NOT AS IT WAS\nentries {9}4\n/)
      expect(err).toMatch(
        /^bienvenue: entry 5 \(\S+Z, x\\u001b\[31m\\u202e[^\n]*\) was changed[^\n]*docs\/audit\.md\)\n$/,
      )
      const asJson = await verify('--json', '--head', head)
      expect(asJson.code).toBe(1)
      expect(JSON.parse(asJson.out)).toMatchObject({
        isWhole: false,
        head: null,
        finding: { kind: 'changed', id: 5, seq: 5 },
      })
    })

    test('shows a tail that was cut off to whoever kept the head', async () => {
      const { own, verify, head } = await sealed()
      await tamper(own, async (db) => {
        await db.deleteFrom('audit').where('id', '>', 7).execute()
        await db.deleteFrom('seals').where('seq', '>', 7).execute()
      })
      expect((await verify()).code).toBe(0)
      const { code, err } = await verify('--head', head)
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/^bienvenue: the audit was cut: [^\n]*number 8 is gone[^\n]*\n$/),
      ])
    })

    test('says which key is missing, and how far it could check', async () => {
      const key = await runProgram(['audit', 'verify'], {
        cwd: folder,
        env: { DATABASE_URL: url, BIENVENUE_SECRET: newer },
      })
      expect(key.out).toMatch(/^audit {11}CANNOT BE CHECKED TO ITS END\n/)
      expect([key.code, key.err]).toEqual([
        1,
        expect.stringMatching(
          /^bienvenue: the key [0-9a-f]{12} is not set, so entry 1 \([^\n]*BIENVENUE_SECRET=new,old[^\n]*\n$/,
        ),
      ])
      expect((await audit('verify')).code).toBe(0)
    })
  })

  test('has every act that was answered, also when the service is killed before it seals', async () => {
    const [own, secret] = [fresh(), makeSecret()]
    const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: own, BIENVENUE_SECRET: secret }
    const serve = async () => {
      const program = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0'], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => void program.kill('SIGKILL'))
      for await (const line of createInterface({ input: program.stdout })) {
        const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
        if (port !== undefined) return { port: Number(port), program }
      }
      throw new Error('it ended without listening')
    }
    const first = await serve()
    await send(first.port, 'POST', '/users', { form: { email: 'ann@example.com', password: 'b4l0u' } })
    const answered = await send(first.port, 'POST', '/sessions', {
      form: { email: 'ann@example.com', password: 'b4l0u' },
    })
    first.program.kill('SIGKILL')
    await once(first.program, 'exit')
    expect(answered.status).toBe(200)
    const second = await serve()
    const run = async () => runProgram(['audit', 'verify', '--json'], { cwd: folder, env })
    await expect
      .poll(async () => (JSON.parse((await run()).out) as { entries: number }).entries, {
        timeout: 15_000,
        interval: 300,
      })
      .toBe(2)
    expect((await run()).code).toBe(0)
    second.program.kill('SIGTERM')
    await once(second.program, 'exit')
  }, 40_000)
})
