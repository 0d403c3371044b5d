/**
 * Fills the texts with the source itself, so that they cannot drift from it. A line such as
 * `<!-- source: packages/server/src/db/users.ts UserTable.add -->` gets a block with that member and its comment, and
 * `<!-- output: walkthrough/08-valid-login/main.ts -->` one with what that script prints, out of the expected.txt beside it.
 * The block that follows such a line is ours: whatever stands in it is replaced.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expectedOutput } from './walkthrough-steps.js'

const MARKER =
  /^(?<marker><!-- (?<kind>source|output): (?<path>\S+)(?: (?<name>\S+))? -->)\n(?:\n*```\w*\n[^]*?^```$\n?)?/gm

/**
 * The node of this name among these, or undefined.
 * @param {readonly ts.Node[]} nodes
 * @param {string} name
 * @returns {ts.Node | undefined}
 */
function named(nodes, name) {
  return nodes.find((node) => {
    if (ts.isVariableStatement(node)) return node.declarationList.declarations[0]?.name.getText() === name
    if (ts.isConstructorDeclaration(node)) return name === 'constructor'
    return 'name' in node && node.name !== undefined && /** @type {ts.Node} */ (node.name).getText() === name
  })
}

/**
 * What a class, an interface or a const with an object has in it.
 * @param {ts.Node} node
 * @returns {readonly ts.Node[]}
 */
function membersOf(node) {
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) return [...node.members]
  /** @type {ts.Node | undefined} */
  let value = ts.isVariableStatement(node) ? node.declarationList.declarations[0]?.initializer : node
  if (value !== undefined && ts.isPropertyAssignment(value)) value = value.initializer
  while (value !== undefined && (ts.isAsExpression(value) || ts.isSatisfiesExpression(value))) value = value.expression
  return value !== undefined && ts.isObjectLiteralExpression(value) ? [...value.properties] : []
}

/**
 * The text of a node from its own doc comment to the remark at the end of its last line, moved to the left edge.
 * @param {ts.Node} node
 * @param {ts.SourceFile} file
 */
function textOf(node, file) {
  const comments = ts.getJSDocCommentsAndTags(node).filter((comment) => ts.isJSDoc(comment))
  const start = comments.at(-1)?.pos ?? node.getStart(file)
  const end = ts.getTrailingCommentRanges(file.text, node.end)?.at(-1)?.end ?? node.end
  const { character } = file.getLineAndCharacterOfPosition(start)
  return file.text
    .slice(start, end)
    .split('\n')
    .map((line, index) => (index > 0 && line.slice(0, character).trim() === '' ? line.slice(character) : line))
    .join('\n')
}

/**
 * The source of what bears this name in a file: `Class.member`, `function`, `Interface` or `CONST.property`.
 * @param {string} root
 * @param {string} path From the root.
 * @param {string} name
 */
export function sourceOf(root, path, name) {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true)
  const [first = '', ...rest] = name.split('.')
  let node = named(file.statements, first)
  for (const part of rest) node = node === undefined ? undefined : named(membersOf(node), part)
  return node === undefined ? null : textOf(node, file)
}

/**
 * A page with its blocks filled in; what cannot be filled in is told.
 * @param {string} root
 * @param {string} page
 * @param {string[]} complaints
 */
function filled(root, page, complaints) {
  return readFileSync(join(root, page), 'utf8').replace(MARKER, (whole, ...captured) => {
    const { marker, kind, path, name = '' } = /** @type {Record<string, string>} */ (captured.at(-1))
    const isThere = path !== undefined && existsSync(join(root, path))
    const text = !isThere ? null : kind === 'output' ? expectedOutput(root, path) : sourceOf(root, path, name)
    if (text === null) complaints.push(`${page}: found nothing for ${marker}.`)
    return text === null ? whole : `${marker}\n\n\`\`\`${kind === 'output' ? 'text' : 'ts'}\n${text}\n\`\`\`\n`
  })
}

/**
 * The pages of the walkthrough and of docs/ that hold such lines: their paths and their texts as they should be.
 * Ends the process with 1 when a line names something that is not there.
 * @param {string} root
 * @returns {[string, string][]}
 */
export function filledPages(root) {
  /** @type {string[]} */
  const complaints = []
  const pages = globSync(['walkthrough/**/*.md', 'docs/**/*.md', '*.md'], { cwd: root }).sort()
  const withBlocks = pages.filter((page) => readFileSync(join(root, page), 'utf8').search(MARKER) !== -1)
  const texts = withBlocks.map((page) => /** @type {[string, string]} */ ([page, filled(root, page, complaints)]))
  for (const complaint of complaints) console.error(complaint)
  if (complaints.length > 0) process.exit(1)
  return texts
}
