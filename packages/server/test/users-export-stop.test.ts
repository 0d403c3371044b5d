/** A file of hashes gets its name once it is whole: however the export ends before, nothing stands under that name. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeWhole } from '../src/cli/private-file.ts'
import { DB } from '../src/db/db.ts'
import type { CanonicalEmail } from '../src/email.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { runLimited } from './support/limited.ts'
import { environmentOf, runOn } from './support/moving.ts'
import { PROGRAM } from './support/program.ts'

const home = temporaryFolder()
const PEOPLE = 30_000

/** Fills a database with so many people. */
async function fill(url: string, people: number): Promise<void> {
  const db = await DB.open(url, { secrets: [SECRET] })
  const nobody = { id: null, verifiedAt: null, disabledAt: null, adminAt: null, deleteAt: null, language: null }
  const accounts = Array.from({ length: people }, (_, index) => {
    const email = `p${String(index)}@example.com`
    return { ...nobody, email, key: email as CanonicalEmail, createdAt: new Date(0) }
  })
  await db.transaction(async (tx) => tx.movingIn.add(accounts))
  await db.close()
}

describe('an export of many', () => {
  const url = databases[0]?.fresh() ?? ''

  beforeAll(async () => {
    await fill(url, PEOPLE)
  }, 60_000)

  test.each([
    ['SIGKILL', null, ['everybody.jsonl.part']],
    ['SIGINT', 1, []],
    ['SIGTERM', 1, []],
  ] as const)('that is ended by %s leaves no file under its name', async (signal, exitCode, left) => {
    const folder = mkdtempSync(join(home, 'stop-'))
    const out = join(folder, 'everybody.jsonl')
    const env = { PATH: process.env['PATH'] ?? '', ...environmentOf(url) }
    const child = spawn(process.execPath, [PROGRAM, 'users', 'export', '--out', out], { env, cwd: folder })
    const ended = once(child, 'close')
    while (!existsSync(`${out}.part`)) await setImmediate()
    child.kill(signal)
    expect((await ended)[0]).toBe(exitCode)
    expect(readdirSync(folder)).toEqual(left)
    if (left.length === 0) return
    expect(statSync(`${out}.part`).mode & 0o777).toBe(0o600)
    const again = await runOn(url, ['users', 'export', '--out', out])
    expect([again.code, again.err]).toEqual([2, expect.stringContaining(`${out}.part is there`) as string])
  })
})

test('a file that came to be meanwhile stays as it is', async () => {
  const path = join(mkdtempSync(join(home, 'meanwhile-')), 'file')
  const writing = writeWhole(path, async (sink) => {
    await sink.write('ours')
    writeFileSync(path, 'theirs')
  })
  await expect(writing).rejects.toThrow(`${path} is there already; name another file`)
  expect([readFileSync(path, 'utf8'), existsSync(`${path}.part`)]).toEqual(['theirs', false])
})

test('on a full disk an export says what cannot be written, and leaves no file', async () => {
  const url = databases[1]?.fresh() ?? '' // whose files are not bounded
  await fill(url, 1500)
  const folder = mkdtempSync(join(home, 'full-'))
  const [out, printed, env] = [join(folder, 'everybody.jsonl'), join(home, 'printed'), environmentOf(url)]
  expect(runLimited(['users', 'export', '--out', out], { cwd: folder, env })).toEqual({
    code: 1,
    out: '',
    err: `bienvenue: ${out}.part cannot be written (EFBIG): make room there, or name a file elsewhere\n`,
  })
  expect(readdirSync(folder)).toEqual([])
  expect(runLimited(['users', 'export', '--out', '-'], { cwd: folder, env, out: printed })).toEqual({
    code: 1,
    out: '',
    err: 'bienvenue: standard output cannot be written (EFBIG): make room there, or send it elsewhere\n',
  })
})
