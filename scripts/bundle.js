/**
 * Makes a bundle of what the command loads: our built modules with the libraries that every start loads. Node
 * takes a third of a millisecond and 50 kB for each module that it loads, whatever is in it; there are seven hundred of them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { rolldown } from 'rolldown'

const APART = /^(?:@node-rs\/|pg$|pino$|pino-pretty$|nodemailer$)/ // binaries, threads of their own, and what few programs load
const FOLDER = 'bundled'

/**
 * Takes node:http by hand. An import reads all that it exports, and so loads Node's client of the Fetch standard with its WebSocket,
 * which nobody needs here: a tenth of the start.
 */
const LEAN_HTTP = {
  name: 'lean http',
  resolveId: (/** @type {string} */ source) => (source === 'node:http' ? '\0http' : null),
  load: (/** @type {string} */ id) =>
    id === '\0http' ? "module.exports = process.getBuiltinModule('node:http')" : null,
}

/**
 * Bundles the command into a folder of its own beside the modules that it is made of.
 * @param {string} dist - Where the built modules are.
 */
export async function bundle(dist) {
  const build = await rolldown({
    input: { main: join(dist, 'cli/main.js') },
    platform: 'node',
    external: APART,
    plugins: [{ name: 'addresses', transform: (code, id) => withAddressOf(code, id, dist) }, LEAN_HTTP],
  })
  const { output } = await build.write({
    dir: join(dist, FOLDER),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  })
  await build.close()
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))
  writeFileSync(join(dist, FOLDER, 'LICENSES.txt'), licensesOf(modules))
}

/**
 * A module of ours that still finds the files that lie beside it, although it is now part of another file.
 * @param {string} code - The module.
 * @param {string} path - Where it was.
 * @param {string} dist - Where the built modules are.
 * @returns {string | null} The module with its own address in it; null when it does not ask for it.
 */
function withAddressOf(code, path, dist) {
  if (!code.includes('import.meta.url') || relative(dist, path).startsWith('..')) return null
  const address = `new URL(${JSON.stringify(`../${relative(dist, path)}`)}, import.meta.url).href`
  return code.replaceAll('import.meta.url', address)
}

/** The licenses of the libraries whose modules are in the bundle, as they ask. */
function licensesOf(/** @type {readonly string[]} */ modules) {
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [])
  return [...new Set(folders)].sort().map(licenseOf).join('\n\n')
}

/** The license in a package, under its name and version. */
function licenseOf(/** @type {string} */ folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  return `${name} ${version}\n\n${file === undefined ? license : readFileSync(join(folder, file), 'utf8').trim()}\n`
}
