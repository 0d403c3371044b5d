/** Each step of the walkthrough prints what its chapter says, and has all that a chapter needs. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '../scripts/docs-sources.js'
import { expectedOutput, normalised, runScript, scriptsOf, stepsIn } from '../scripts/walkthrough-steps.js'

const root = dirname(import.meta.dirname)
const steps = stepsIn(root)

const NAMES = [
  '00-user-model',
  '01-add-user',
  '02-find-user',
  '03-update-user',
  '04-hash-password',
  '05-register-user',
  '06-basic-app',
  '07-register-route',
  '08-valid-login',
  '09-generate-uuid',
  '10-create-session',
  '11-login-route',
  '12-find-user-of-session',
  '13-destroy-session',
  '14-logout-route',
  '15-profile-route',
  '16-reset-token',
  '17-ask-for-token-route',
  '18-update-password',
  '19-update-password-route',
  '20-end-to-end',
]

const SECTIONS = [
  'What this step teaches',
  'Run it',
  'What the original did',
  'What an attacker makes of it',
  'What ours does',
  'Where to find it',
  'Try next',
]

/** The one script that measures time runs alone, after all others. */
const MEASURES_TIME = 'walkthrough/08-valid-login/attack.ts'
const scripts = steps.flatMap((step) => scriptsOf(root, step))

/** Compares what a script prints with what its chapter says. */
async function printsWhatIsExpected(script: string): Promise<void> {
  const { code, output } = await runScript(root, script)
  expect(normalised(output)).toBe(expectedOutput(root, script))
  expect(code).toBe(0)
}

test('all 21 steps are there', () => {
  expect(steps).toEqual(NAMES)
})

describe.each(steps)('the chapter %s', (step) => {
  const chapter = readFileSync(join(root, 'walkthrough', step, 'README.md'), 'utf8')

  test('has its sections in their order', () => {
    const headings = [...chapter.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(SECTIONS)
  })

  test('shows what each of its scripts prints, and the source of both programs', () => {
    for (const script of scriptsOf(root, step)) expect(chapter).toContain(`<!-- output: ${script} -->`)
    expect(chapter).toContain('<!-- source: packages/server/src/')
  })

  test('leads to its neighbours', () => {
    const number = steps.indexOf(step)
    const neighbours = [steps[number - 1], steps[number + 1]].filter((name) => name !== undefined)
    for (const name of neighbours) expect(chapter).toContain(`(../${name}/README.md)`)
    expect(chapter).toContain('(../README.md)')
    expect(existsSync(join(root, 'walkthrough', step, 'main.ts'))).toBe(true)
  })
})

describe('the scripts', { concurrent: true }, () => {
  test.each(scripts.filter((script) => script !== MEASURES_TIME))('%s', printsWhatIsExpected)
})

// It compares by wide margins; on a machine that is busy with everything at once, it may have to try again.
test(MEASURES_TIME, { retry: 2 }, async () => printsWhatIsExpected(MEASURES_TIME))

describe('the source in the chapters', () => {
  test.each([
    ['OriginalDB.addUser', '/** Adds a row, whatever is in the table already. */\naddUser(email'],
    ['OriginalUser.email', 'readonly email: string'],
    ['NotFound', "/** The original's error when nobody matches. */\nexport class NotFound extends Error {}"],
    ['COLUMNS', "const COLUMNS = ['id', "],
  ])('is found by the name %s', (name, text) => {
    expect(sourceOf(root, 'walkthrough/original/db.ts', name)?.startsWith(text)).toBe(true)
  })

  test('is found in private members and in objects, with the remark at its end', () => {
    expect(sourceOf(root, 'walkthrough/original/auth.ts', 'OriginalAuth.#find')).toContain('\n#find(')
    expect(sourceOf(root, 'walkthrough/original/auth.ts', 'COST')).toMatch(/^const COST = 10 \/\/ .+waiting$/)
    expect(sourceOf(root, 'packages/server/src/settings-accounts.ts', 'reset.minutes')).toMatch(/^minutes: setting\(/)
  })

  test.each(['Nobody', 'OriginalDB.nothing', 'COLUMNS.id'])('is not found by the name %s', (name) => {
    expect(sourceOf(root, 'walkthrough/original/db.ts', name)).toBeNull()
  })
})

describe('npm run walkthrough', () => {
  /** Runs the walkthrough with these arguments, outside of a terminal. */
  const walk = (...args: string[]) =>
    spawnSync(process.execPath, ['scripts/walkthrough.js', ...args], { cwd: root, encoding: 'utf8' })

  test('runs one step, without colours or pauses', () => {
    const { status, stdout } = walk('1')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Step 1: [^]*\$ node walkthrough\/01-add-user\/main.ts\n1\n2\n/)
    expect(stdout).not.toContain('\x1b')
  })

  test('lists the steps', () => {
    const { status, stdout } = walk('--list')
    expect(status).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(21)
  })

  test('says in one line that there is no such step', () => {
    for (const args of [['21'], ['login'], ['--colour']]) {
      const { status, stdout, stderr } = walk(...args)
      expect(status).toBe(2)
      expect(stdout).toBe('')
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    }
  })
})
