/** A copy of the repository in which code may be changed: what the tests need of it, with the installed packages linked. */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** What is made by the build and not kept by git, but needed by tests. */
const BUILT = ['packages/server/data', 'packages/server/dist']
const WITH_PACKAGES = ['packages/server', 'examples']

/**
 * The files of a working tree as git sees them, those that are new and not ignored too.
 * @param {string} root
 * @throws {Error} where there is no git, or no repository.
 */
function filesOf(root) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1_048_576 })
  if (status !== 0) throw new Error('git does not tell the files of the repository')
  return stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))
}

/**
 * Links the packages that a folder has installed. Those that are folders of the repository lead to the copy, not to the original.
 * @param {string} from
 * @param {string} to
 */
function linkPackages(from, to) {
  if (!existsSync(from)) return
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name.startsWith('.vite')) continue // what runs there writes into it
    const original = join(from, entry.name)
    symlinkSync(entry.isSymbolicLink() ? readlinkSync(original) : original, join(to, entry.name))
  }
}

/**
 * Copies a working tree.
 * @param {string} root
 * @param {string} to A folder that is there and empty.
 */
export function copyTree(root, to) {
  for (const name of filesOf(root)) {
    mkdirSync(dirname(join(to, name)), { recursive: true })
    cpSync(join(root, name), join(to, name))
  }
  for (const name of BUILT) cpSync(join(root, name), join(to, name), { recursive: true })
  for (const name of ['', ...WITH_PACKAGES])
    linkPackages(join(root, name, 'node_modules'), join(to, name, 'node_modules'))
}

/**
 * Does something while a piece of a file is replaced, and puts the file back whatever came of it. Resolves to what came of it.
 * @template T
 * @param {string} path
 * @param {{ readonly remove: string, readonly put: string }} change
 * @param {() => Promise<T>} deed
 * @throws {Error} where the piece is not in the file, or there more than once.
 */
export async function withChange(path, { remove, put }, deed) {
  const text = readFileSync(path, 'utf8')
  const [before = '', after, ...more] = text.split(remove)
  if (after === undefined || more.length > 0) throw new Error('what is to be removed is not there exactly once')
  writeFileSync(path, before + put + after)
  try {
    return await deed()
  } finally {
    writeFileSync(path, text)
  }
}
