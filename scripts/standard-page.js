/** Writes docs/standard.md: a table of the rows of the security standard, and what holds each of them. */

/**
 * @import { Row } from './standard-rows.js'
 * @import { Proof } from './standard-proofs.js'
 */

/**
 * All that the page is made from.
 * @typedef {object} Findings
 * @property {Map<string, Row>} rows
 * @property {Map<string, Proof[]>} proofs
 * @property {Map<string, string>} headings
 */

const STATES = /** @type {const} */ ([
  [
    'held',
    'a test attacks the running service, or reads what the code does, and passed; it fails when the control is gone',
  ],
  [
    'held by hardened',
    'the same, for a row that only the preset `hardened` meets. `classic` is for learning, and does not',
  ],
  ['document', 'the row asks for a text; the section is named'],
  ["operator's", 'only who runs the service can meet it; why is said'],
  ['not applicable', 'there is nothing here that it could be about; why is said'],
  ['not yet', 'it is not held, or no test shows it; why is said'],
])

/** @typedef {(typeof STATES)[number][0]} State */

/**
 * The text of the page.
 * @param {Findings} findings
 */
export function standardPage(findings) {
  const rows = [...findings.rows.values()]
  const chapters = Map.groupBy(rows, ({ chapter }) => chapter)
  const tables = [...chapters].map(([chapter, its]) => {
    const lines = its.map((row) => line(row, findings))
    return `## ${chapter}\n\n| id | level | asks | state | by |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n`
  })
  return [introduction(rows, findings), ...tables, '<!-- prettier-ignore-end -->\n'].join('\n')
}

/**
 * What comes before the tables: what this is, the states, and how many rows are in each.
 * @param {readonly Row[]} rows
 * @param {Findings} findings
 */
function introduction(rows, findings) {
  const numbers = Map.groupBy(rows, (row) => stateOf(row, findings))
  const states = STATES.map(([state, means]) => `| ${state} | ${numbers.get(state)?.length ?? 0} | ${means} |`)
  return `<!-- Made by \`npm run standard\` from the titles of the tests and docs/standard-rows.txt; \`npm test\` holds it against its run. -->
<!-- prettier-ignore-start -->

# The security standard, row by row

The yardstick is OWASP ASVS 5.0.0, levels 1 to 3: its chapters on authentication and sessions whole, and the rows of the others that a service like this meets. The ids are the standard's, the words ours. \`h\` behind the level: held by the preset \`hardened\` only.

Held is what the last test run says, and nothing else: a test counts for a row when it passed and its title carries the row's id, such as \`[ASVS 7.4.1]\`. One id is one row. \`npm test\` fails when this page says anything else than the run. A test shows that an attack fails; that no other would succeed, it cannot show.

| state | rows | means |
| --- | --- | --- |
${states.join('\n')}
| all | ${rows.length} | |
`
}

/**
 * The state of a row. A document may have tests besides; it stays one.
 * @param {Row} row
 * @param {Findings} findings
 * @returns {State}
 */
function stateOf({ id, declared, isHardened }, { proofs }) {
  if (declared === 'document' || declared === 'not applicable') return declared
  if (declared === 'operator') return "operator's"
  if (!proofs.has(id)) return 'not yet'
  return isHardened ? 'held by hardened' : 'held'
}

/**
 * The line of a row.
 * @param {Row} row
 * @param {Findings} findings
 */
function line(row, findings) {
  const { id, level, isHardened, asks } = row
  const cells = [id, `${level}${isHardened ? ' h' : ''}`, plain(asks), stateOf(row, findings), by(row, findings)]
  return `| ${cells.join(' | ')} |`
}

/**
 * What holds a row: the section, the reason, the first test and how many more.
 * @param {Row} row
 * @param {Findings} findings
 */
function by({ id, why }, { proofs, headings }) {
  const heading = headings.get(id)
  const section = heading === undefined ? [] : [`[${plain(withoutIds(heading))}](security.md#${anchorOf(heading)})`]
  const [first, ...more] = proofs.get(id) ?? []
  const test = first === undefined ? [] : [`${plain(first.title)} (${linkTo(first.file)}${rest(more)})`]
  return [...section, ...(why === '' ? [] : [plain(why)]), ...test].join('; ')
}

/**
 * How many tests hold the row besides the first.
 * @param {readonly Proof[]} more
 */
function rest(more) {
  return more.length === 0 ? '' : `, and ${more.length} more`
}

/**
 * A link to a file of tests, by its name.
 * @param {string} file
 */
function linkTo(file) {
  return `[${file.replace('packages/server/test/', '').replace(/\.test\.tsx?$/, '')}](../${file})`
}

/**
 * A heading without the ids that it carries.
 * @param {string} heading
 */
function withoutIds(heading) {
  return heading.replace(/ *\[ASVS [^\]]*\]/g, '')
}

/**
 * The anchor of a heading, as GitHub makes it.
 * @param {string} heading
 */
function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')
}

/**
 * Text that markdown leaves as it is, also in a table, and that fits a line.
 * @param {string} text
 */
function plain(text) {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|~]/g, '\\$&')
}
