/** The page docs/attacks.md: every attack of the list has a row, every row its tests, and every test is there. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const TESTS = join(import.meta.dirname, '..')
const PAGE = join(import.meta.dirname, '../../../../docs/attacks.md')

/** Every class of attack that a product like this one fell to. Add to it; take none out. */
const CLASSES = `
  acting-as driven-reset pre-hijacking identifier lockout name-as-typed parallel ipv6 forwarded one-bucket paths broken-cookie outlives
  used-again header-links blank-tokens email-list two-readings look-alikes mail-tells time-tells second-answer two-changes redirects
  others-sessions further-field prefix chunks proto one-door purpose default-secret growth authorization row-counts bcrypt http-only words
  work rebinding lost-configuration cache fixation replay second-factor linking framing smuggling forgery mass-assignment walked-ids`
  .trim()
  .split(/\s+/)

interface Row {
  readonly theme: string
  readonly key: string
  readonly cells: readonly string[]
  readonly tests: { readonly file: string; readonly title: string }[]
}

/** The rows of rows.txt. */
function readRows(): readonly Row[] {
  const rows: Row[] = []
  let theme = ''
  for (const line of readFileSync(join(import.meta.dirname, 'rows.txt'), 'utf8').split('\n')) {
    if (line.startsWith('## ')) theme = line.slice(3)
    else if (line.startsWith('- ')) {
      const [, file = '', title = ''] = /^- ([^ :]+): (.+)$/.exec(line) ?? []
      rows.at(-1)?.tests.push({ file, title })
    } else if (line !== '' && !line.startsWith('#')) {
      const [key = '', ...cells] = line.split(' | ')
      rows.push({ theme, key, cells, tests: [] })
    }
  }
  return rows
}

/** The rows as a page. */
function pageOf(rows: readonly Row[]): string {
  const parts = [...new Set(rows.map(({ theme }) => theme))].map((theme) => {
    const lines = rows.filter((row) => row.theme === theme).map(lineOf)
    return [
      `## ${theme}`,
      '',
      '| attack | how it went | on record | held by |',
      '| --- | --- | --- | --- |',
      ...lines,
      '',
    ].join('\n')
  })
  return `${HEAD}\n${parts.join('\n')}\n<!-- prettier-ignore-end -->\n`
}

function lineOf({ cells: [what = '', how = '', ids = '', why], tests }: Row): string {
  const held = tests.map(({ file, title }) => {
    const name = file.replace(/\.test\.tsx?$/, '')
    return `[${name}](../packages/server/test/${file}): ${title.replaceAll(/%[sj]|\$name/g, '…')}`
  })
  return `| **${what}** | ${how} | ${ids} | ${why === undefined ? held.join('<br>') : `not here yet: ${why}`} |`
}

const HEAD = `<!-- Made by packages/server/test/attacks/list.test.ts from rows.txt beside it: npx vitest run packages/server/test/attacks/list.test.ts -u -->
<!-- prettier-ignore-start -->

# The attacks that broke others, and what tries them here

Each of these has broken a product that many relied on. At least one test tries it against the running service, in both presets where both are meant, and on every database. A test shows that these ways in are closed; that there is no other, it cannot show. What the standard asks is in [standard.md](standard.md), what each room promises on its own page.

The tests that try anything at all are [random](../packages/server/test/attacks/random.test.ts), [random-acts](../packages/server/test/attacks/random-acts.test.ts) and [spelling](../packages/server/test/attacks/spelling.test.ts): bytes, requests, people and spellings at random. When one fails it prints a seed; \`{ seed, path }\` among the options of \`fc.assert\` plays the same again.
`

const rows = readRows()

test('every attack of the list has a row, and no row is there twice', () => {
  const keys = rows.map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
  expect(CLASSES.filter((name) => !keys.includes(name))).toEqual([])
})

test('every row says what, how and where it is on record, and has a test, or a reason why it has none yet', () => {
  for (const { key, cells, tests } of rows) {
    expect([key, cells.length]).toEqual([key, tests.length > 0 ? 3 : 4])
    expect([key, cells.every((cell) => cell.trim() !== '')]).toEqual([key, true])
  }
})

test.each(rows.flatMap(({ key, tests }) => tests.map(({ file, title }) => [key, file, title] as const)))(
  '%s: %s has the test “%s”',
  (_key, file, title) => {
    const path = join(TESTS, file)
    expect(existsSync(path), `${file} is there`).toBe(true)
    const source = readFileSync(path, 'utf8')
    const isThere = ["'", '"', '`'].some(
      (quote) => source.includes(`${quote}${title}${quote}`) || source.includes(`${quote}${title} [ASVS`),
    )
    expect(isThere, `${file} has a test of this title`).toBe(true)
  },
)

test('the page says what the rows say', async () => {
  await expect(pageOf(rows)).toMatchFileSnapshot(PAGE)
})
