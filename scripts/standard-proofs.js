/** Reads from the report of a test run which rows of the security standard it proves, and what speaks against that. */
import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { idsIn } from './standard-rows.js'

const HOME = 'packages/server/test/'

/**
 * A test that carries an id.
 * @typedef {object} Proof
 * @property {string} title Without its ids.
 * @property {string} file From the root.
 */

/**
 * What vitest's JSON report says of one file.
 * @typedef {object} TestedFile
 * @property {string} name
 * @property {string} status
 * @property {{ title: string, status: string }[]} assertionResults
 */

/**
 * The passed tests for each id, in the order of files and of tests in them, and what is wrong with the rest. Of tests of one title in
 * one file (on several databases) the first counts. Only tests of the service count.
 * @param {string} report The path of the report.
 * @param {string} root
 * @returns {{ proofs: Map<string, Proof[]>, complaints: string[], isWhole: boolean }} `isWhole`: whether each of those tests passed.
 */
export function proofsFrom(report, root) {
  /** @type {{ testResults: TestedFile[] }} */
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  /** @type {Map<string, Proof[]>} */
  const proofs = new Map()
  /** @type {Set<string>} */
  const complaints = new Set()
  const files = testResults
    .map(({ name, ...rest }) => ({ ...rest, file: relative(root, name).split(sep).join('/') }))
    .filter(({ file }) => file.startsWith(HOME))
    .sort((one, other) => (one.file < other.file ? -1 : 1))
  for (const { file, assertionResults } of files) {
    for (const { title, status } of assertionResults) {
      for (const id of idsIn(title)) {
        if (status === 'passed') add(proofs, id, { file, title: title.replace(/ *\[ASVS [^\]]*\]/g, '') })
        else if (status === 'failed') complaints.add(`${id}: a test that carries it failed: ${file}: ${title}`)
      }
    }
  }
  return {
    proofs,
    complaints: [...complaints],
    isWhole: files.length > 0 && files.every(({ status }) => status === 'passed'),
  }
}

/**
 * Notes a test, unless one of its title in its file is noted already.
 * @param {Map<string, Proof[]>} proofs
 * @param {string} id
 * @param {Proof} proof
 */
function add(proofs, id, proof) {
  const known = proofs.get(id) ?? []
  if (known.some(({ file, title }) => file === proof.file && title === proof.title)) return
  proofs.set(id, [...known, proof])
}

/**
 * Says what does not fit between rows and tests: ids of no row, rows that nothing answers, declarations that are no longer true.
 * @param {Map<string, import('./standard-rows.js').Row>} rows
 * @param {Map<string, Proof[]>} proofs
 * @returns {{ complaints: string[], outdated: string[] }} `outdated`: the ids declared `not yet` that are held.
 */
export function contradictions(rows, proofs) {
  /** @type {string[]} */
  const complaints = []
  /** @type {string[]} */
  const outdated = []
  for (const [id, [{ file, title } = { file: '', title: '' }]] of proofs) {
    const declared = rows.get(id)?.declared
    if (declared === undefined)
      complaints.push(`${id} is no row of docs/standard-rows.txt, but ${file} carries it: ${title}`)
    if (declared === 'not yet') outdated.push(id)
    if (declared === 'not applicable')
      complaints.push(`${id} is declared not applicable, but held: remove the declaration.`)
  }
  for (const { id, declared } of rows.values()) {
    if (declared === 'held' && !proofs.has(id))
      complaints.push(
        `${id} has no answer: no passed test carries [ASVS ${id}], and docs/standard-rows.txt declares nothing.`,
      )
  }
  return { complaints, outdated }
}
