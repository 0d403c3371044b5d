/** Reads docs/standard-rows.txt, the rows of the security standard, and the headings of docs/security.md that answer some of them. */

const ROW = /^(?<id>\d+\.\d+\.\d+) \| (?<level>[123])(?<hardened>h?) \| (?<asks>[^|]+?)(?: \| (?<answer>[^|]+))?$/
const ANSWER = /^(?:(?<plain>document)|(?<state>operator|not applicable|not yet): (?<why>\S.*))$/
const CHAPTER = /^## (?<name>\S.*)$/
const HEADING = /^#{2,6} (?<text>.*\[ASVS [^\]]*\].*?)\s*$/gm
const FENCE = /^(?<mark>```+|~~~+)[^]*?^\k<mark>\s*$/gm

/** An id of a row in a title or a heading: one for each pair of brackets. */
export const ID = /\[ASVS (?<id>[^\]]*)\]/g

/**
 * One row.
 * @typedef {object} Row
 * @property {string} id
 * @property {string} chapter
 * @property {string} level 1, 2 or 3.
 * @property {boolean} isHardened Whether only the preset hardened holds it.
 * @property {string} asks What it asks, in our words.
 * @property {'held' | 'document' | 'operator' | 'not applicable' | 'not yet'} declared What is said of it; `held` is for the tests to show.
 * @property {string} why The reason; empty where there is nothing to say.
 */

/**
 * Reads the file of rows.
 * @param {string} text
 * @returns {{ rows: Map<string, Row>, complaints: string[] }}
 */
export function rowsFrom(text) {
  /** @type {Map<string, Row>} */
  const rows = new Map()
  /** @type {string[]} */
  const complaints = []
  let chapter = ''
  for (const [index, line] of text.split('\n').entries()) {
    const name = CHAPTER.exec(line)?.groups?.['name']
    if (name !== undefined) chapter = name
    if (name !== undefined || line === '' || line.startsWith('# ')) continue
    const row = rowFrom(line, chapter)
    if (row === null) complaints.push(`line ${index + 1} is no row: ${line}`)
    else if (rows.has(row.id)) complaints.push(`${row.id} stands there twice.`)
    else rows.set(row.id, row)
  }
  return { rows, complaints: complaints.map((text) => `docs/standard-rows.txt: ${text}`) }
}

/**
 * One line as a row, or null when it is none.
 * @param {string} line
 * @param {string} chapter
 * @returns {Row | null}
 */
function rowFrom(line, chapter) {
  const { id, level, hardened, asks, answer } = ROW.exec(line)?.groups ?? {}
  if (id === undefined || level === undefined || asks === undefined) return null
  const said = answer === undefined ? { plain: 'held' } : ANSWER.exec(answer)?.groups
  if (said === undefined) return null
  const declared = /** @type {Row['declared']} */ (said['plain'] ?? said['state'])
  return { id, chapter, level, isHardened: hardened === 'h', asks, declared, why: said['why'] ?? '' }
}

/**
 * The headings of a page that answer rows, by id.
 * @param {string} page
 * @returns {{ headings: Map<string, string>, complaints: string[] }}
 */
export function headingsFrom(page) {
  /** @type {Map<string, string>} */
  const headings = new Map()
  /** @type {string[]} */
  const complaints = []
  for (const { groups } of page.replace(FENCE, '').matchAll(HEADING)) {
    const text = groups?.['text'] ?? ''
    for (const id of idsIn(text)) {
      if (headings.has(id)) complaints.push(`docs/security.md: two headings carry ${id}.`)
      headings.set(id, text)
    }
  }
  return { headings, complaints }
}

/**
 * The ids that a title or heading carries.
 * @param {string} text
 */
export function idsIn(text) {
  return [...text.matchAll(ID)].map(({ groups }) => groups?.['id'] ?? '')
}

/**
 * What is wrong with rows and headings by themselves, whatever the tests say.
 * @param {Map<string, Row>} rows
 * @param {Map<string, string>} headings
 * @returns {string[]}
 */
export function mismatches(rows, headings) {
  const unanswered = [...rows.values()]
    .filter(({ id, declared }) => declared === 'document' && !headings.has(id))
    .map(({ id }) => `${id} is declared a document row, but no heading of docs/security.md carries [ASVS ${id}].`)
  const strange = [...headings.keys()].flatMap((id) => {
    const declared = rows.get(id)?.declared
    if (declared === undefined) return [`docs/security.md: a heading carries ${id}, which is no row of ours.`]
    if (declared === 'document') return []
    return [`docs/security.md: a heading carries ${id}, which docs/standard-rows.txt does not declare a document row.`]
  })
  return [...unanswered, ...strange]
}

/**
 * The file of rows without what is declared `not yet` of these.
 * @param {string} text
 * @param {readonly string[]} ids
 */
export function withoutNotYet(text, ids) {
  const lines = text.split('\n').map((line) => {
    const isHeld = ids.some((id) => line.startsWith(`${id} | `))
    return isHeld ? line.replace(/ \| not yet: [^|]*$/, '') : line
  })
  return lines.join('\n')
}
