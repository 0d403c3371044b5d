/** Logins a second on all cores, beside the machine's own limit: the same hashes without anything around them. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ALL } from '../machine.js'
import { launch } from '../program.js'
import { logIn, post, startService } from '../service.js'
import { sideBySide } from '../side-by-side.js'
import { comparing } from '../table.js'
import { repeat } from '../load.js'

const KINDS = [
  { name: 'bcrypt', hash: 'bcrypt', against: 'bare bcrypt of cost 12, two at a time' },
  { name: 'argon2id', hash: 'argon2id', against: 'bare argon2id of 64 MiB and 3 passes, two at a time' },
]
const TOGETHER = 8 // so that somebody always waits
const BOB = { email: 'bob@example.com', password: 'MyPwdOfBob' }

/**
 * Measures both kinds of hash.
 * @param {import('../table.js').World} world - How long.
 * @returns {Promise<import('../table.js').Findings>} A row for each.
 */
async function measure({ folder, rounds, isSmall, ms }) {
  const times = isSmall ? 24 : Math.round(ms / 50)
  const bare = await launch([process.execPath, join(import.meta.dirname, '../peers/bare-hashing.js'), String(times)], {
    cwd: folder,
    env: { UV_THREADPOOL_SIZE: '2' },
    cores: ALL,
  })
  const rows = []
  for (const { name, hash, against } of KINDS) {
    const path = join(folder, `logins-${name}.db`)
    const env = { BIENVENUE_PASSWORDS_HASH: hash }
    const service = await startService(`sqlite:${path}`, { cwd: folder, env, cores: ALL })
    await logIn(service.port)
    const stored = hashIn(path)
    const request = post('/sessions', BOB)
    const contenders = [
      { name: 'ours', measure: async () => repeat({ port: service.port, request, connections: TOGETHER, times }) },
      { name: 'bare', measure: async () => (times * 1000) / Number(await bare.ask(stored)) },
    ]
    const figures = await sideBySide(contenders, rounds)
    await service.end('SIGKILL')
    const words = { what: `logins a second on all cores, ${name}`, against, bar: { least: 0.9 } }
    rows.push(comparing(words, figures.compare('ours', 'bare')))
  }
  return { rows }
}

/** The hash of the only person in a database. */
function hashIn(/** @type {string} */ path) {
  const database = new DatabaseSync(path, { readOnly: true })
  const row = database.prepare('select hash from passwords').get()
  database.close()
  return String(row?.['hash'])
}

/** The topic. */
export const logins = { name: 'logins', isShort: false, measure }
