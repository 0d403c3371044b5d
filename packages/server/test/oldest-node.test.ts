/** The built command on the oldest Node that package.json promises: it serves, goes on, and ends as it does on ours. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './support/databases.ts'
import { send, sessionOf } from './support/http.ts'
import { runProgram, serveProgram } from './support/program.ts'

const OLDEST = createRequire(import.meta.url).resolve('node/bin/node') // the dev dependency of this package, not the repository's own
const execute = promisify(execFile)
const BOB = { email: 'bob@example.com', password: 'b4l0u' }
const SOME_SECONDS = 3000 // in which the service looks after its file thirty times

interface Package {
  readonly engines: { readonly node: string }
  readonly devDependencies: { readonly node: string }
}

describe('the oldest Node that is promised', () => {
  test('is the one that these tests run the command on', async () => {
    const { engines, devDependencies } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'),
    ) as Package
    expect(`>=${devDependencies.node}`).toBe(`${engines.node}.0`)
    const { stdout } = await execute(OLDEST, ['--version'])
    expect(stdout.trim()).toBe(`v${devDependencies.node}`)
  })

  test('serves: somebody registers and logs in, and it goes on and ends in good order', async () => {
    const { port, line, stop } = await serveProgram([], { cwd: temporaryFolder(), node: OLDEST })
    expect((await send(port, 'GET', '/healthz')).status).toBe(200)
    expect((await send(port, 'POST', '/users', { form: BOB })).json).toMatchObject({ message: 'user created' })
    const session = sessionOf(await send(port, 'POST', '/sessions', { form: BOB })) ?? ''
    expect((await send(port, 'GET', '/profile', { session })).json).toEqual({ email: BOB.email })
    await pause(SOME_SECONDS)
    expect((await send(port, 'GET', '/profile', { session })).json).toEqual({ email: BOB.email })
    expect(await stop()).toBe(0)
    await line('stopped')
  })

  test('keeps, checks, copies and brings back what is stored', async () => {
    const options = { cwd: temporaryFolder(), node: OLDEST, input: `${BOB.password}\n` }
    const steps = [
      ['migrate'],
      ['users', 'add', '--email', BOB.email],
      ['db', 'check'],
      ['db', 'backup', 'backup.db'],
      ['db', 'copy', '--to', 'sqlite:copy.db'],
      ['users', 'export', '--out', 'people.jsonl'],
      ['import', 'jsonl', 'people.jsonl', '--dry-run'],
      ['db', 'restore', 'backup.db', '--yes'],
      ['users', 'list'],
    ]
    for (const step of steps) expect(await runProgram(step, options), step.join(' ')).toMatchObject({ code: 0 })
  })

  test('imports a file in which values are nested deeper than it can write out', async () => {
    const cwd = temporaryFolder()
    const nested = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
    const rows = ['ann', 'bob'].map((name) => `{"email":"${name}@example.com","password_hash":${nested}}\n`)
    writeFileSync(join(cwd, 'people.jsonl'), rows.join(''))
    expect(await runProgram(['import', 'jsonl', 'people.jsonl', '--json'], { cwd, node: OLDEST })).toMatchObject({
      code: 0,
      out: expect.stringContaining('"made":2') as string,
    })
    const [auth0, hashes] = [join(cwd, 'auth0.ndjson'), join(cwd, 'hashes.ndjson')]
    writeFileSync(auth0, '{"email":"cem@example.com","user_id":"auth0|1"}\n')
    writeFileSync(hashes, `{"_id":{"$oid":"1"},"passwordHash":"x","password_set_date":{"$date":${nested}}}\n`)
    const args = ['import', 'auth0', auth0, '--hashes', hashes, '--json']
    expect(await runProgram(args, { cwd, node: OLDEST })).toMatchObject({ code: 0 })
  })

  test('has its SQLite write the log back by itself, for it cannot be asked how long that is', async () => {
    const sqlite = pathToFileURL(join(import.meta.dirname, '../dist/db/dialects/sqlite.js')).href
    const program = `
      import { sql } from 'kysely'
      const { kysely, close } = (await import('${sqlite}')).openSqlite('${join(temporaryFolder(), 'a.db')}')
      const { rows } = await sql\`pragma wal_autocheckpoint\`.execute(kysely)
      await close()
      console.log(JSON.stringify(rows))`
    const pages = async (node: string): Promise<unknown> => {
      const { stdout } = await execute(node, ['--input-type=module', '-e', program], { cwd: import.meta.dirname })
      return JSON.parse(stdout)
    }
    expect(await pages(OLDEST)).toEqual([{ wal_autocheckpoint: 1000 }])
    expect(await pages(process.execPath)).toEqual([{ wal_autocheckpoint: 10_000 }])
  })
})
