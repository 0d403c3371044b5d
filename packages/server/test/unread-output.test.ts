/** A command whose output, or whose other words, nobody reads: work is brought to its end, and ends with its own exit code. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { databases, temporaryFolder } from './support/databases.ts'
import { environmentOf, jsonLines } from './support/moving.ts'
import { PROGRAM } from './support/program.ts'

const ROWS = 3000
const [sqlite] = databases as [(typeof databases)[0]]

/** Runs the command with one of its outputs closed by who read it, and gives its exit code. */
function unread(args: readonly string[], closed: 'out' | 'err', url = sqlite.fresh()): number {
  const folder = temporaryFolder()
  const streams = closed === 'out' ? '' : '2>&1 >/dev/null'
  const command = `{ "$0" "$@"; echo $? > code; } ${streams} | true`
  const env = { PATH: process.env['PATH'] ?? '', ...environmentOf(url) }
  spawnSync('sh', ['-c', command, process.execPath, PROGRAM, ...args], { cwd: folder, env, timeout: 60_000 })
  return Number(readFileSync(join(folder, 'code'), 'utf8'))
}

/** A file of people, whose ids are so long that a map of them is still being written at the end. */
function people(last: object): string {
  const path = join(temporaryFolder(), 'people.jsonl')
  const rows = Array.from({ length: ROWS - 1 }, (_, index) => ({
    email: `p${String(index)}@example.com`,
    id: `${'i'.repeat(1500)}${String(index)}`,
  }))
  writeFileSync(path, jsonLines(...rows, last))
  return path
}

/** How many lines a file has. */
const linesIn = (path: string): number => readFileSync(path, 'utf8').split('\r\n').length - 1

describe('an import', () => {
  test('whose report nobody reads writes its files whole, and fails where rows were refused', () => {
    for (const [last, code, moved] of [
      [{ email: 'last@example.com', id: ROWS }, 0, ROWS],
      [{ email: 'no address', id: ROWS }, 1, ROWS - 1],
    ] as const) {
      const map = join(temporaryFolder(), 'map.csv')
      expect(unread(['import', 'jsonl', people(last), '--map', map], 'out')).toBe(code)
      expect(linesIn(map)).toBe(1 + moved)
    }
  }, 60_000)

  test('whose report has no room ends with exit code 1, and its files are whole', () => {
    const map = join(temporaryFolder(), 'map.csv')
    const args = ['import', 'jsonl', people({ email: 'last@example.com', id: ROWS }), '--map', map]
    const env = { PATH: process.env['PATH'] ?? '', ...environmentOf(sqlite.fresh()) }
    const command = '"$0" "$@" > /dev/full'
    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, PROGRAM, ...args], { env })
    expect([status, stderr.toString()]).toEqual([1, expect.stringContaining('standard output cannot be written')])
    expect(linesIn(map)).toBe(1 + ROWS)
  }, 60_000)

  test('that nobody hears does its work', () => {
    const map = join(temporaryFolder(), 'map.csv')
    const args = ['import', 'jsonl', people({ email: 'last@example.com', id: ROWS }), '--map', map]
    expect(unread(args, 'err')).toBe(0) // that a database is made is the first thing that it says
    expect(linesIn(map)).toBe(1 + ROWS)
  }, 60_000)
})

test('wrong usage that nobody hears of is wrong usage', () => {
  expect(unread(['nonsense'], 'err')).toBe(2)
  expect(unread(['audit', '--limit', 'x'], 'err')).toBe(2)
})
