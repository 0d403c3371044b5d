/** What it takes to have the service there: how soon it answers, the memory it holds, what an installation weighs; beside the others. */
import { spawnSync } from 'node:child_process'
import { globSync, lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ALL, memoryOf } from '../machine.js'
import {
  betterAuthFolder,
  launchBetterAuth,
  launchFlask,
  missingBetterAuth,
  missingFlask,
  startBetterAuth,
  startFlask,
} from '../peers.js'
import { logIn, startService } from '../service.js'
import { sideBySide } from '../side-by-side.js'
import { megabytes, milliseconds } from '../table.js'

const root = join(import.meta.dirname, '../..')
const SETTLED_MS = 2000
const BETTER_AUTH = 'Better Auth'
const FLASK = 'Flask'
const DEBIAN_PACKAGES = [
  'python3-flask',
  'python3-werkzeug',
  'python3-jinja2',
  'python3-markupsafe',
  'python3-click',
  'python3-itsdangerous',
  'python3-sqlalchemy',
  'python3-sqlalchemy-ext',
  'python3-greenlet',
  'python3-bcrypt',
  'gunicorn',
  'python3-gunicorn',
]

/**
 * What somebody takes: milliseconds to the first answer, MB of memory, MB of an installation.
 * @typedef {{start: number, memory: number, size: number | null}} Footprint
 */

/**
 * Measures ours and, where they are there, the others.
 * @param {import('../table.js').World} world - Where and how often.
 * @returns {Promise<import('../table.js').Findings>} The rows.
 */
async function measure({ folder, isShort, rounds }) {
  const place = { folder, cores: ALL }
  const reasons = isShort
    ? { [BETTER_AUTH]: '', [FLASK]: '' }
    : { [BETTER_AUTH]: missingBetterAuth(), [FLASK]: missingFlask() }
  const startOurs = async () => startService(`sqlite:${join(folder, 'start.db')}`, { cwd: folder, cores: ALL })
  const everybody = [
    { name: 'ours', start: startOurs },
    { name: BETTER_AUTH, start: async () => launchBetterAuth(place) },
    { name: FLASK, start: async () => launchFlask({ ...place, people: 10 }) },
  ].filter(({ name }) => (reasons[name] ?? null) === null)
  const contenders = everybody.map(({ name, start }) => ({ name, measure: async () => timeToAnswer(start) }))
  await sideBySide(contenders, 1) // makes the databases
  const starts = await sideBySide(contenders, rounds)
  /** @type {Map<string, Footprint>} */
  const found = new Map()
  for (const { name } of everybody)
    found.set(name, {
      start: starts.median(name),
      memory: await memoryOfOne(name, place),
      size: sizeOf(name, place, isShort),
    })
  return { rows: rowsOf(found, starts.range('ours')) }
}

/** How long it takes from starting a program to its first answer, whatever that is. */
async function timeToAnswer(/** @type {() => Promise<import('../program.js').Program>} */ start) {
  const begun = performance.now()
  const program = await start()
  await (await fetch(`http://127.0.0.1:${program.port}/`)).text()
  const ms = performance.now() - begun
  await program.end()
  return ms
}

/** The memory of all processes of one of them, a while after somebody has logged in. */
async function memoryOfOne(/** @type {string} */ name, /** @type {import('../peers.js').Place} */ place) {
  const starts = {
    ours: async () => {
      const program = await startService(`sqlite:${join(place.folder, 'memory.db')}`, { cwd: place.folder, cores: ALL })
      await logIn(program.port)
      return program
    },
    [BETTER_AUTH]: async () => (await startBetterAuth({ ...place, cookieCache: true })).program,
    [FLASK]: async () => (await startFlask({ ...place, people: 20 })).program,
  }
  const program = await starts[name]?.()
  await pause(SETTLED_MS)
  const memory = memoryOf(program?.pid ?? 0)
  await program?.end()
  return memory
}

/** What an installation weighs, without the runtime; null where that is not looked at or cannot be told. */
function sizeOf(
  /** @type {string} */ name,
  /** @type {import('../peers.js').Place} */ { folder },
  /** @type {boolean} */ isShort,
) {
  if (isShort) return null
  if (name === BETTER_AUTH) return weightOf(betterAuthFolder())
  return name === FLASK ? weightOfPackages() : weightOfOurs(folder)
}

/** Packs the service, installs it in a folder as its users do, and weighs that. */
function weightOfOurs(/** @type {string} */ folder) {
  const npm = (/** @type {string[]} */ ...args) =>
    spawnSync('npm', args, { cwd: folder, encoding: 'utf8' }).status === 0
  const isPacked = npm('pack', join(root, 'packages/server'), '--pack-destination', folder)
  const [packed] = globSync(join(folder, 'bienvenue-*.tgz'))
  const installed = join(folder, 'installed')
  mkdirSync(installed)
  const isInstalled = isPacked && npm('install', '--omit=dev', '--ignore-scripts', '--prefix', installed, packed ?? '')
  return isInstalled ? weightOf(installed) : null
}

/** The weight of a folder in MB, as the disk sees it. */
function weightOf(/** @type {string} */ folder) {
  const paths = globSync('**/*', { cwd: folder })
  return paths.reduce((sum, path) => sum + lstatSync(join(folder, path)).blocks * 512, 0) / 2 ** 20
}

/** The weight of Debian's packages in MB, as they say themselves. */
function weightOfPackages() {
  const format = ['--showformat', '${Installed-Size}\n', '--show', ...DEBIAN_PACKAGES]
  const { stdout } = spawnSync('dpkg-query', format, { encoding: 'utf8' })
  return stdout.split('\n').reduce((sum, line) => sum + Number(line), 0) / 1024
}

/** The rows. */
function rowsOf(/** @type {Map<string, Footprint>} */ found, /** @type {[number, number]} */ range) {
  const ours = found.get('ours') ?? { start: Number.NaN, memory: Number.NaN, size: null }
  const others = [...found].filter(([name]) => name !== 'ours')
  /** A row about one of the figures. */
  const row = (
    /** @type {keyof Footprint} */ which,
    /** @type {(figure: number) => string} */ inWords,
    /** @type {Pick<import('../table.js').Row, 'what' | 'unit' | 'bar' | 'note' | 'range'>} */ rest,
  ) => ({
    ...rest,
    against: others.map(([name]) => name).join(', '),
    theirs: others.map(([, footprint]) => inWords(footprint[which] ?? Number.NaN)).join(', '),
    figure: ours[which] ?? Number.NaN,
  })
  const start = { what: 'from starting the program to its first answer', unit: 'ms', range }
  const memory = { what: 'memory of all idle processes (PSS), after a login', unit: 'MB' }
  const size = { what: 'an installation without what only developers need', unit: 'MB' }
  const hashing = 'ours: the service and its hashing process'
  return [
    row('start', milliseconds, { ...start, bar: { most: 500, slack: 0.5 } }),
    row('memory', megabytes, { ...memory, bar: { most: 130, slack: 0.8 }, note: hashing }),
    ...(ours.size === null
      ? []
      : [row('size', megabytes, { ...size, bar: { most: 60 }, note: 'without Node or Python themselves' })]),
  ]
}

/** The topic. */
export const footprint = { name: 'footprint', isShort: true, measure }
