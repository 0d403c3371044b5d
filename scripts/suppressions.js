/** Checks that each comment that switches a check off says why, and that there are few of them. */
import './guard.js'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.js'

const MOST = 5
const FOLDERS = ['packages', 'examples', 'scripts', 'bench', 'walkthrough']
const SOURCE = /\.(?:[cm]?[jt]s|tsx)$/
const NOT_OURS = /(?:^|\/)(?:node_modules|dist(?:\.[^/]*)?)\//
const SUPPRESSION =
  /(?:\/\/|\/\*)\s*(?:eslint-disable\S*|@ts-(?:ignore|expect-error|nocheck)|prettier-ignore|v8 ignore).*/g
const REASON = /\s--\s+\S/

/** The sources that we wrote, by their paths from the root. */
function sources() {
  const top = readdirSync(root)
  const within = FOLDERS.filter((folder) => top.includes(folder)).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  return [...top, ...within].filter((path) => SOURCE.test(path) && !NOT_OURS.test(path))
}

const found = sources().flatMap((path) =>
  [...readFileSync(join(root, path), 'utf8').matchAll(SUPPRESSION)].map(([comment]) => ({ path, comment })),
)
const unexplained = found.filter(({ comment }) => !REASON.test(comment))
for (const { path, comment } of unexplained)
  console.error(`${path}: \`${comment}\` gives no reason: end it with ' -- ' and one.`)
if (found.length > MOST) {
  for (const { path, comment } of found) console.error(`${path}: ${comment}`)
  console.error(`${found.length} checks are switched off; ${MOST} is the most.`)
}
process.exitCode = unexplained.length > 0 || found.length > MOST ? 1 : 0
