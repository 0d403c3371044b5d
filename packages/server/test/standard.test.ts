/** The page of the security standard cannot claim what the tests do not show: each false claim is found, by name. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { standardPage } from '../../../scripts/standard-page.js'
import { contradictions, proofsFrom } from '../../../scripts/standard-proofs.js'
import { headingsFrom, mismatches, rowsFrom, withoutNotYet } from '../../../scripts/standard-rows.js'
import { temporaryFolder } from './support/databases.ts'

const ROWS = `# What stands at the top.

## V7 Sessions
7.1.1 | 2 | lifetimes in writing | document
7.4.1 | 1 | dead after logout
7.4.2 | 1h | disabling ends all
7.4.4 | 2 | a way to log out | not yet: there is no page
7.5.1 | 2 | a fresh login | operator: theirs
7.6.1 | 2 | with relying parties | not applicable: there are none
`
const HOME = 'packages/server/test'
const folder = temporaryFolder()

/** The mark of a row in a title. It is put together here, because this file is read for marks as well. */
function mark(id: string): string {
  return ['[ASVS', `${id}]`].join(' ')
}

/** A report as vitest writes it, of tests by file: each with its title and whether it passed. */
function reportOf(files: Readonly<Record<string, readonly (readonly [title: string, passed: boolean])[]>>): string {
  const testResults = Object.entries(files).map(([name, tests]) => ({
    name: join(folder, name),
    status: tests.every(([, passed]) => passed) ? 'passed' : 'failed',
    assertionResults: tests.map(([title, passed]) => ({ title, status: passed ? 'passed' : 'failed' })),
  }))
  const path = join(folder, 'report.json')
  writeFileSync(path, JSON.stringify({ testResults }))
  return path
}

const { rows } = rowsFrom(ROWS)
const { headings } = headingsFrom(`## Lifetimes ${mark('7.1.1')}`)
const held = {
  [`${HOME}/b.test.ts`]: [[`dead ${mark('7.4.1')}`, true] as const, [`ends ${mark('7.4.2')}`, true] as const],
}

describe('the page of the standard', () => {
  test('shows each row with its state, and what holds it', () => {
    const { proofs } = proofsFrom(reportOf(held), folder)
    const page = standardPage({ rows, proofs, headings })
    expect(page.split('\n').filter((line) => line.startsWith('| 7'))).toEqual([
      '| 7.1.1 | 2 | lifetimes in writing | document | [Lifetimes](security.md#lifetimes-asvs-711) |',
      '| 7.4.1 | 1 | dead after logout | held | dead ([b](../packages/server/test/b.test.ts)) |',
      '| 7.4.2 | 1 h | disabling ends all | held by hardened | ends ([b](../packages/server/test/b.test.ts)) |',
      '| 7.4.4 | 2 | a way to log out | not yet | there is no page |',
      "| 7.5.1 | 2 | a fresh login | operator's | theirs |",
      '| 7.6.1 | 2 | with relying parties | not applicable | there are none |',
    ])
    expect(page).toContain('| not yet | 1 |')
    expect(contradictions(rows, proofs)).toEqual({ complaints: [], outdated: [] })
    expect(mismatches(rows, headings)).toEqual([])
  })

  test('shows of several tests the first, by file and place, and counts the rest; one that runs on two databases is one', () => {
    const title = `dead ${mark('7.4.1')}`
    const report = reportOf({
      ...held,
      [`${HOME}/a.test.ts`]: [
        [title, true],
        [title, true],
        [`gone ${mark('7.4.1')}`, true],
      ],
    })
    const { proofs } = proofsFrom(report, folder)
    expect(standardPage({ rows, proofs, headings })).toContain(
      'dead ([a](../packages/server/test/a.test.ts), and 2 more) |',
    )
  })

  test('holds nothing by a test that failed, by one that is elsewhere, or by a range', () => {
    const report = reportOf({
      [`${HOME}/b.test.ts`]: [
        [`dead ${mark('7.4.1')}`, false],
        [`all ${mark('7.4.x')}`, true],
      ],
      'examples/c.test.ts': [[`dead ${mark('7.4.1')}`, true]],
    })
    const { proofs, complaints, isWhole } = proofsFrom(report, folder)
    expect([proofs.has('7.4.1'), isWhole]).toEqual([false, false])
    expect(complaints).toEqual([expect.stringMatching(/^7\.4\.1: a test that carries it failed: .*b\.test\.ts: dead/)])
    expect(contradictions(rows, proofs).complaints).toEqual([
      expect.stringMatching(/^7\.4\.x is no row of /),
      expect.stringMatching(/^7\.4\.1 has no answer: /),
      expect.stringMatching(/^7\.4\.2 has no answer: /),
    ])
  })

  test('a run without any test of the service holds nothing, and is not whole', () => {
    expect(proofsFrom(reportOf({ 'examples/c.test.ts': [['x', true]] }), folder).isWhole).toBe(false)
  })

  test('finds what was declared and is no longer so, and mends what was not yet', () => {
    const tests = [[`now ${mark('7.4.4')}`, true] as const, [`now ${mark('7.6.1')}`, true] as const]
    const { proofs } = proofsFrom(reportOf({ ...held, [`${HOME}/c.test.ts`]: tests }), folder)
    const { complaints, outdated } = contradictions(rows, proofs)
    expect(outdated).toEqual(['7.4.4'])
    expect(complaints).toEqual(['7.6.1 is declared not applicable, but held: remove the declaration.'])
    expect(rowsFrom(withoutNotYet(ROWS, outdated)).rows.get('7.4.4')).toMatchObject({ declared: 'held', why: '' })
  })

  test('finds a document that is not there, and headings that answer what they should not', () => {
    const page = [
      `## A ${mark('7.4.1')}`,
      `## B ${mark('9.9.9')}`,
      `## C ${mark('9.9.9')}`,
      '```',
      `## D ${mark('7.1.1')}`,
      '```',
      '',
    ].join('\n')
    const { headings: others, complaints } = headingsFrom(page)
    expect(complaints).toEqual(['docs/security.md: two headings carry 9.9.9.'])
    expect(mismatches(rows, others)).toEqual([
      expect.stringMatching(/^7\.1\.1 is declared a document row, but no heading/),
      expect.stringMatching(/heading carries 7\.4\.1, which .* does not declare a document row/),
      expect.stringMatching(/heading carries 9\.9\.9, which is no row/),
    ])
  })

  test('finds a line that is no row, an answer that gives no reason, and a row that stands there twice', () => {
    const { complaints } = rowsFrom(
      ['7.4 | 1 | x', '7.4.1 | 4 | x', '7.4.2 | 1 | x | not yet', '7.4.3 | 1 | x', '7.4.3 | 1 | y'].join('\n'),
    )
    expect(complaints).toEqual([
      expect.stringContaining('line 1 is no row'),
      expect.stringContaining('line 2 is no row'),
      expect.stringContaining('line 3 is no row'),
      expect.stringContaining('7.4.3 stands there twice'),
    ])
  })
})
