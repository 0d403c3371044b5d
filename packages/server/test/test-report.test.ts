/** What `npm test` makes of failed tests that pass by themselves: they are named, and nothing else is excused. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countOf, filesToSeeAgain, readReport, replaceIn } from '../../../scripts/test-report.js'
import { temporaryFolder } from './support/databases.ts'

const passed = (fullName: string) => ({ fullName, status: 'passed' })
const failed = (fullName: string, message = 'AssertionError: 1 is not 2') => ({
  fullName,
  status: 'failed',
  failureMessages: [message],
})
const file = (name: string, ...assertionResults: { fullName: string; status: string }[]) => {
  const isWhole = assertionResults.length > 0 && assertionResults.every(({ status }) => status === 'passed')
  return { name, status: isWhole ? 'passed' : 'failed', assertionResults }
}

test('passed and failed tests are counted, and a file that does not load counts as a failed one', () => {
  const report = { testResults: [file('a', passed('one'), failed('two')), file('b')] }
  expect(countOf(report)).toEqual({ passed: 1, failed: 2 })
  expect(countOf(readReport(join(temporaryFolder(), 'none.json')))).toEqual({ passed: 0, failed: 0 })
})

test('files are seen again where few failed, and never after a counterexample', () => {
  const bad = Array.from({ length: 6 }, (_, at) => file(`bad${at}`, failed('one')))
  expect(filesToSeeAgain({ testResults: [file('a', passed('one')), ...bad.slice(1)] })).toHaveLength(5)
  expect(filesToSeeAgain({ testResults: bad })).toEqual([])
  const property = file('p', failed('any', 'Error: Property failed after 3 tests'))
  expect(filesToSeeAgain({ testResults: [property, ...bad.slice(4)] })).toEqual([])
})

test('what is seen again counts in the place of what was seen first, for better and for worse', () => {
  const path = join(temporaryFolder(), 'report.json')
  const testResults = [file('a', passed('one'), failed('two')), file('b', failed('one')), file('c', failed('one'))]
  writeFileSync(path, JSON.stringify({ testResults }))
  const again = { testResults: [file('a', failed('one'), passed('two')), file('b', failed('one'))] }
  expect(replaceIn(path, again)).toEqual(['two'])
  expect(countOf(readReport(path))).toEqual({ passed: 1, failed: 3 })
})
