/**
 * Makes a bundle of what the command loads: our built modules with the libraries that have hundreds of files. Node
 * takes a third of a millisecond and 50 kB for each module that it loads, whatever is in it; there are seven hundred of them.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { rolldown } from 'rolldown'

const INLINED = ['kysely', 'zod', 'fastify-type-provider-zod'] // the last one shares the copy of zod
const MODULES = join(import.meta.dirname, '../node_modules')
const FOLDER = 'bundled'

/**
 * Bundles the command into a folder of its own beside the modules that it is made of.
 * @param {string} dist - Where the built modules are.
 */
export async function bundle(dist) {
  const isInlined = new RegExp(`^(?:${INLINED.join('|')})(?:/|$)`)
  const build = await rolldown({
    input: { main: join(dist, 'cli/main.js') },
    platform: 'node',
    external: (id) => !/^[./]/.test(id) && !isInlined.test(id),
    plugins: [{ name: 'addresses', transform: (code, id) => withAddressOf(code, id, dist) }],
  })
  await build.write({
    dir: join(dist, FOLDER),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  })
  await build.close()
  writeFileSync(join(dist, FOLDER, 'LICENSES.txt'), licenses())
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

/** The licenses of the libraries that are in the bundle, as they ask. */
function licenses() {
  const text = (/** @type {string} */ name) => readFileSync(join(MODULES, name, 'LICENSE'), 'utf8').trim()
  return INLINED.map((name) => `${name}\n\n${text(name)}\n`).join('\n\n')
}
