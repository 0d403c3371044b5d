/** How much room people, sessions and the audit take, on both databases: rows as large as real ones, ids by chance, with all indexes. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DB } from '../../packages/server/dist/index.js'
import { PostgresServer } from '../../packages/server/test/support/postgres-server.ts'
import { cheapHash, statementsFor } from '../fill.js'

const MOST = 200_000
const KINDS = /** @type {const} */ ([
  { name: 'people with their passwords', tables: ['users', 'passwords'] },
  { name: 'sessions', tables: ['sessions'] },
  { name: 'entries of the audit with their seals', tables: ['audit', 'seals'] },
])
const SECRET = 'a secret of a database that is thrown away' // nothing in it is anybody's

/**
 * Fills both databases with each kind.
 * @param {import('../table.js').World} world - Where, and whether a tenth will do.
 * @returns {Promise<import('../table.js').Findings>} A table of bytes.
 */
async function measure({ folder, isSmall }) {
  const count = isSmall ? MOST / 10 : MOST
  const counts = { people: count, sessions: count, entries: count, hash: await cheapHash() }
  const sqlite = await onSqlite(join(folder, 'storage.db'), counts)
  const postgres = await onPostgres(counts)
  const bytes = KINDS.map(({ name }, index) => ({ name, sqlite: sqlite[index] ?? 0, postgres: postgres[index] ?? 0 }))
  return {
    tables: [
      {
        title: 'Room on the disk',
        columns: ['a million', 'SQLite', 'PostgreSQL'],
        lines: bytes.map((kind) => [kind.name, inMegabytes(kind.sqlite), inMegabytes(kind.postgres)]),
      },
    ],
    bytes,
  }
}

/** A counts of rows, and the hash that everybody has. */
/** @typedef {Parameters<typeof statementsFor>[1]} Counts */

/** The bytes that one of each kind takes on SQLite. */
async function onSqlite(/** @type {string} */ path, /** @type {Counts} */ counts) {
  await (await DB.open(`sqlite:${path}`)).close()
  const file = new DatabaseSync(path)
  file.exec('pragma synchronous = off; pragma journal_mode = delete')
  const statements = statementsFor('sqlite', counts)
  const found = []
  for (const { tables } of KINDS) {
    const before = statSync(path).size
    for (const table of tables) file.exec(statements[table])
    found.push((statSync(path).size - before) / counts.people)
  }
  file.close()
  return found
}

/** The bytes that one of each kind takes on PostgreSQL. */
async function onPostgres(/** @type {Counts} */ counts) {
  const server = await PostgresServer.make()
  try {
    const url = server.url('postgres')
    await (await DB.open(url, { secrets: [SECRET] })).close()
    const statements = statementsFor('postgres', counts)
    const found = []
    for (const { tables } of KINDS) {
      const before = await sizeOf(server, tables)
      for (const table of tables) await server.run(statements[table])
      found.push(((await sizeOf(server, tables)) - before) / counts.people)
    }
    return found
  } finally {
    await server.remove()
  }
}

/** The bytes of these tables with their indexes. */
async function sizeOf(/** @type {PostgresServer} */ server, /** @type {readonly string[]} */ tables) {
  const sizes = tables.map((table) => `pg_total_relation_size('${table}')`).join(' + ')
  const { rows } = await server.run(`select ${sizes} as bytes`)
  return Number(rows[0].bytes)
}

/** What a million of something take that is so many bytes large. */
function inMegabytes(/** @type {number} */ bytes) {
  return `${Math.round(bytes).toLocaleString('en')} MB`
}

/** The topic. */
export const storage = { name: 'storage', isShort: false, measure }
