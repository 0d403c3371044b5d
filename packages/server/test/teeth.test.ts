/** The list of controls that `npm run test:teeth` takes out cannot rot, and the command tells a test that bites from one that breaks. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONTROLS } from '../../../scripts/teeth/controls.js'
import { withChange } from '../../../scripts/teeth/copy.js'
import { failures, SOURCES, TESTS, titlesWithoutTest, toothlessness } from '../../../scripts/teeth/trial.js'
import { temporaryFolder } from './support/databases.ts'

const ROOT = join(import.meta.dirname, '../../..')
const ALL = Object.values(CONTROLS).flat()

/** What a run leaves of one file of tests, each with its state and what it complains of. */
function runOf(
  status: string,
  tests: readonly (readonly [status: string, complaint?: string])[],
  message = '',
): Parameters<typeof toothlessness>[0] {
  const assertionResults = tests.map(([state, complaint]) => ({
    status: state,
    fullName: 'in a room a door is shut',
    failureMessages: complaint === undefined ? [] : [complaint],
  }))
  return { files: [{ name: `/tmp/0/${TESTS}/door.test.ts`, status, message, assertionResults }], isLate: false }
}

describe('the list of controls', () => {
  test('has many, and each is there once', () => {
    expect(ALL.length).toBeGreaterThan(200)
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length)
  })

  test.each(ALL.map((control) => [control.name, control] as const))(
    '%s: it can be taken out, and its tests are there',
    (_name, { file, remove, put, tests, only = '' }) => {
      const source = readFileSync(join(ROOT, SOURCES, file), 'utf8')
      expect(source.split(remove), `${file}: what is to be removed stands there once`).toHaveLength(2)
      expect(put).not.toBe(remove)
      const without = source.replace(remove, () => put)
      if (file.endsWith('.ts')) expect(() => stripTypeScriptTypes(without)).not.toThrow()
      expect(tests).not.toEqual([])
      for (const name of tests) expect(existsSync(join(ROOT, TESTS, name)), name).toBe(true)
      const titles = tests.map((name) => readFileSync(join(ROOT, TESTS, name), 'utf8')).join('\n')
      expect(titles).toContain(only)
    },
  )
})

describe('a control', () => {
  const control = { name: 'a door', file: 'door.ts', remove: 'shut', put: 'open', tests: ['door.test.ts'] }

  test('is held where an assertion fails without it', () => {
    const outcome = runOf('failed', [['passed'], ['failed', 'AssertionError: expected 200 to be 403\n    at door.ts']])
    expect(toothlessness(outcome)).toBeNull()
  })

  test.each([
    ['every test passes', runOf('passed', [['passed'], ['skipped']]), '1 test passes without it'],
    ['no test was meant', runOf('passed', [['skipped']]), 'it has no test'],
    ['its file does not load', runOf('failed', [], 'SyntaxError'), 'door.test.ts did not run: SyntaxError'],
    ['a hook fails', runOf('failed', [['skipped']], 'Error: no'), 'door.test.ts did not run: Error: no'],
    ['a test breaks down', runOf('failed', [['failed', 'ReferenceError: shut\n at']]), 'door is shut: ReferenceError'],
    ['a test hangs', runOf('failed', [['failed', 'Error: Test timed out']]), 'door is shut: Error: Test timed out'],
    ['it takes too long', { files: null, isLate: true }, 'took longer'],
    ['it cannot be run', { files: null, isLate: false }, 'could not be run'],
  ])('is not held where %s', (_how, outcome, reason) => {
    expect(toothlessness(outcome)).toContain(reason)
  })

  test('whose tests fail while it is there, or are not there, is found before', () => {
    const failed = runOf('failed', [['failed', 'AssertionError: expected 1 to be 2\n at']])
    expect(failures(failed)).toEqual(['in a room a door is shut: AssertionError: expected 1 to be 2'])
    expect(failures({ files: null, isLate: false })).toEqual(['the tests could not be run'])
    const passed = runOf('passed', [['passed'], ['skipped']])
    expect(failures(passed)).toEqual([])
    expect(titlesWithoutTest(passed, [control, { ...control, only: 'door is shut' }])).toEqual([])
    expect(titlesWithoutTest(passed, [{ ...control, only: 'wall' }])).toEqual(['a door: no test “wall” passed'])
    expect(titlesWithoutTest(runOf('passed', [['skipped']]), [control])).toHaveLength(1)
  })

  test('is put back whatever comes of it, and taken out only where it stands once', async () => {
    const path = join(temporaryFolder(), 'door.ts')
    writeFileSync(path, 'the door is shut')
    await expect(withChange(path, control, async () => Promise.resolve(readFileSync(path, 'utf8')))).resolves.toBe(
      'the door is open',
    )
    await expect(withChange(path, control, async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(readFileSync(path, 'utf8')).toBe('the door is shut')
    for (const text of ['the door is wide', 'shut and shut']) {
      writeFileSync(path, text)
      await expect(withChange(path, control, async () => Promise.resolve())).rejects.toThrow('exactly once')
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
  })
})

describe('the command', () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/teeth.js', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }

  test('lists the controls with these words, by room, name and file', () => {
    const { status, stdout } = run('--list', 'cookies', 'HttpOnly')
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'cookies and ways on: no script reads a cookie: HttpOnly (app/cookies.ts)\n',
    })
    expect(run('--list').stdout.trimEnd().split('\n')).toHaveLength(ALL.length)
  })

  test('is not misunderstood: exit 2 in one line', () => {
    for (const args of [['no such words'], ['--jobs', '0'], ['--jobs', 'two'], ['--nonsense']])
      expect(run(...args)).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/^[^\n]+\n$/) as string,
      })
  })
})
