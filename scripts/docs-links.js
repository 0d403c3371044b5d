/**
 * Finds links in the markdown files that lead nowhere: to a file that is not there, or to a heading that is not in it. A link into the
 * source names what it means, as in `reset.ts#complete`: a name outlives the line that it stands in, and here it is looked for.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const NOT_OURS = new Set(['node_modules', '.git', 'dist'])
const FENCE = /^(?<mark>```+|~~~+)[^]*?^\k<mark>\s*$/gm
const CODE = /`[^`\n]*`/g
const LINK = /\[[^\]]*\]\((?<target>[^()\s]+)\)/g
const SOURCE = /\.[jt]sx?$/
const HEADING = /^#{1,6} +(?<text>.+?)\s*$/gm

/**
 * The markdown files below a folder.
 * @param {string} folder
 * @returns {string[]}
 */
function pagesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : pagesIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/**
 * The anchors of a page, made from its headings as GitHub makes them.
 * @param {string} page
 * @returns {Set<string>}
 */
function anchorsOf(page) {
  /** @type {Set<string>} */
  const anchors = new Set()
  for (const { groups } of page.replace(FENCE, '').matchAll(HEADING)) {
    const plain = (groups?.['text'] ?? '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const anchor = plain.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-')
    let name = anchor
    for (let number = 1; anchors.has(name); number += 1) name = `${anchor}-${number}`
    anchors.add(name)
  }
  return anchors
}

/**
 * Whether a source declares something of this name: a function, class, constant or type, or a member of one.
 * @param {string} source
 * @param {string} name
 */
function declares(source, name) {
  const safe = name.replace(/[^\w$]/g, '')
  const atTop = `\\b(?:function|class|const|let|interface|type) ${safe}\\b`
  const asMember = `^\\s+(?:(?:static|async|get|readonly|override) )*#?${safe}\\??(?:[(:<;]|\\s=|$)`
  return safe === name && new RegExp(`${atTop}|${asMember}`, 'm').test(source)
}

/**
 * Says what is wrong with a link, or returns null when it leads somewhere. Addresses on the web are not followed.
 * @param {string} page The path of the page that it stands on.
 * @param {string} target
 */
function problemOf(page, target) {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return null
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : resolve(dirname(page), decodeURIComponent(path))
  if (!existsSync(file)) return 'there is no such file'
  if (anchor === undefined || !statSync(file).isFile()) return null
  if (SOURCE.test(file)) return declares(readFileSync(file, 'utf8'), anchor) ? null : 'it declares no such name'
  return !file.endsWith('.md') || anchorsOf(readFileSync(file, 'utf8')).has(anchor) ? null : 'there is no such heading'
}

/**
 * Says which links lead nowhere, in all markdown files below the root.
 * @param {string} root
 * @returns {string[]}
 */
export function brokenLinks(root) {
  return pagesIn(root).flatMap((page) => {
    const text = readFileSync(page, 'utf8').replace(FENCE, '').replace(CODE, '')
    const targets = [...text.matchAll(LINK)].map(({ groups }) => groups?.['target'] ?? '')
    return targets.flatMap((target) => {
      const problem = problemOf(page, target)
      return problem === null ? [] : [`${relative(root, page)}: the link to ${target} leads nowhere: ${problem}.`]
    })
  })
}
