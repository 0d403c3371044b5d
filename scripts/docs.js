/**
 * Writes the docs that are made from the source: docs/settings.md and docs/openapi.json. With `--check` it writes nothing: it says
 * which of them are stale, which links in the texts lead nowhere, which refusals docs/http.md does not list, and what does not fit
 * in the files from which docs/standard.md is made.
 */
import './guard.js'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Auth, DB, settingsOf } from '../packages/server/dist/index.js'
import { describeApi } from '../packages/server/dist/app/openapi.js'
import { version } from '../packages/server/dist/cli/version.js'
import { brokenLinks } from './docs-links.js'
import { settingsPage } from './docs-settings.js'
import { filledPages } from './docs-sources.js'
import { standardSources } from './standard-check.js'
import { root } from './steps.js'

const CODES = /^\s*\|\s*'([a-z_]+\.[a-z_]+)'$/gm
const SOURCES_OF_CODES = ['packages/server/src/errors.ts', 'packages/server/src/app/refusals.ts']
const PAGE_OF_CODES = 'docs/http.md'

/**
 * The text of a file.
 * @param {string} path From the root.
 */
function read(path) {
  return readFileSync(join(root, path), 'utf8')
}

/** The description of the HTTP interface, as text. */
async function openapi() {
  const db = await DB.open('sqlite::memory:')
  const auth = new Auth(db)
  const document = await describeApi(auth, settingsOf('classic'), version())
  await auth.close()
  await db.close()
  return `${JSON.stringify(document, null, 2)}\n`
}

/**
 * The pages that are made from the source: their paths and texts.
 * @returns {Promise<[string, string][]>}
 */
async function pages() {
  return [
    ['docs/settings.md', settingsPage()],
    ['docs/openapi.json', await openapi()],
    ...filledPages(root), // blocks of source and output in the texts
  ]
}

/**
 * Says which pages differ from what the source makes of them.
 * @param {[string, string][]} made
 * @returns {string[]}
 */
function stale(made) {
  return made.flatMap(([path, text]) => {
    try {
      return read(path) === text ? [] : [`${path} is stale: run \`npm run docs\`.`]
    } catch {
      return [`${path} is missing: run \`npm run docs\`.`]
    }
  })
}

/**
 * Says which codes of refusals the page about them does not list. A source in which no code is found has changed its form.
 * @returns {string[]}
 */
function unlisted() {
  const page = read(PAGE_OF_CODES)
  return SOURCES_OF_CODES.flatMap((path) => {
    const codes = [...read(path).matchAll(CODES)].map(([, code = '']) => code)
    if (codes.length === 0) return [`${path}: found no codes of refusals; mend the pattern in scripts/docs.js.`]
    return codes
      .filter((code) => !page.includes(`| \`${code}\``))
      .map((code) => `${PAGE_OF_CODES} does not list ${code}.`)
  })
}

const made = await pages()
if (process.argv.includes('--check')) {
  const complaints = [...stale(made), ...unlisted(), ...brokenLinks(root), ...standardSources()]
  for (const complaint of complaints) console.error(complaint)
  process.exitCode = complaints.length === 0 ? 0 : 1
} else {
  for (const [path, text] of made) writeFileSync(join(root, path), text)
}
