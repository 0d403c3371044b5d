/** Looks through a whole database for what should not be there. It reads alone, of one moment, while a service may go on. */
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { KeyRing } from '../crypto/token.ts'
import { kindOf } from '../crypto/password-hash.ts'
import { canonicalEmail } from '../email.ts'
import { countRows, pagesOf } from './copy-rows.ts'
import type { Row, Snapshot } from './house.ts'
import { findKeyUse } from './key-use.ts'
import type { KeyUse } from './key-use.ts'
import { findMissingMigrations } from './migrate.ts'
import type { Schema } from './schema.ts'
import { TABLES } from './tables.ts'
import type { Table } from './tables.ts'

/** What may be wrong with a database. */
export type FindingKind =
  'damaged' | 'foreign' | 'older' | 'ids' | 'stranger' | 'email' | 'email_twice' | 'hash' | 'nobodys' | 'secret'

/** Something that is wrong. */
export interface Finding {
  readonly kind: FindingKind
  /** How often. */
  readonly count: number
  /** Where, as far as one can say: ids of people, a table, a migration, or what SQLite says. A few of them. */
  readonly where: readonly string[]
}

/** What was found. */
export interface CheckReport {
  /** How many rows each table has; empty where the file is damaged, or of another release. */
  readonly tables: Readonly<Record<string, number>>
  /** How many passwords there are of each kind of hash. */
  readonly hashes: Readonly<Record<string, number>>
  readonly keys: readonly KeyUse[]
  readonly findings: readonly Finding[]
}

const MOST_NAMED = 10
const NEAR_THE_END = 2 ** 52 // half of the numbers that are exact

/** Looks through everything. `tell` hears how many rows of people and passwords were read, and of how many. */
export async function checkDatabase(
  snapshot: Snapshot,
  keys: KeyRing | null,
  tell: (rows: number, total: number) => void,
): Promise<CheckReport> {
  const { kysely } = snapshot
  const damage = await snapshot.findDamage()
  if (damage.length > 0) return stoppedBy('damaged', damage)
  const missing = await findMissingMigrations(kysely)
  if (missing === null) return stoppedBy('foreign', ['the whole'])
  if (missing.length > 0) return stoppedBy('older', missing)
  const spent = await findSpentIds(snapshot)
  if (spent.length > 0) return stoppedBy('ids', spent) // such a row may not even be read as it is
  const counts = await countRows(kysely)
  const progress = { rows: 0, total: (counts.get('users') ?? 0) + (counts.get('passwords') ?? 0) }
  const people = await checkPeople(snapshot, (rows) => {
    tell((progress.rows += rows), progress.total)
  })
  const keyUse = await findKeyUse(kysely, keys)
  const isLocked = keyUse.length > 0 && !keyUse.some(({ isKnown }) => isKnown)
  const secret = isLocked
    ? stoppedBy(
        'secret',
        keyUse.map(({ id }) => id),
      ).findings
    : []
  return {
    tables: Object.fromEntries(counts),
    hashes: people.hashes,
    keys: keyUse,
    findings: [
      ...(await strangers(snapshot)),
      ...people.findings,
      ...(await twice(kysely)),
      ...(await nobodys(kysely)),
      ...secret,
    ],
  }
}

/** Goes through people and their passwords. */
async function checkPeople(
  snapshot: Snapshot,
  read: (rows: number) => void,
): Promise<Pick<CheckReport, 'hashes' | 'findings'>> {
  const [emails, unknown] = [new Findings('email'), new Findings('hash')]
  const hashes: Record<string, number> = {}
  await eachRow(snapshot, 'users', read, ({ id, email, email_key: key }) => {
    if (canonicalEmail(String(email)) !== key) emails.add(String(id))
  })
  await eachRow(snapshot, 'passwords', read, ({ user_id: id, hash }) => {
    const name = kindOf(String(hash))?.name ?? 'unknown'
    hashes[name] = (hashes[name] ?? 0) + 1
    if (name === 'unknown') unknown.add(String(id))
  })
  return { hashes, findings: [...emails.list(), ...unknown.list()] }
}

/** What is reported where nothing else can be looked at. */
function stoppedBy(kind: FindingKind, where: readonly string[]): CheckReport {
  return { tables: {}, hashes: {}, keys: [], findings: [{ kind, count: where.length, where }] }
}

/** Counts what is wrong in one way, and keeps the first few names. */
class Findings {
  readonly #kind: FindingKind
  readonly #where: string[] = []
  #count = 0

  /** Of this kind. */
  constructor(kind: FindingKind) {
    this.#kind = kind
  }

  /** One more. */
  add(where: string): void {
    this.#count++
    if (this.#where.length < MOST_NAMED) this.#where.push(where)
  }

  /** The finding, or nothing. */
  list(): readonly Finding[] {
    return this.#count === 0 ? [] : [{ kind: this.#kind, count: this.#count, where: this.#where }]
  }
}

/** Goes through a table. */
async function eachRow(
  snapshot: Snapshot,
  name: keyof Schema,
  read: (rows: number) => void,
  look: (row: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  for (const table of TABLES.filter((each) => each.name === name))
    for await (const rows of pagesOf(snapshot, table)) {
      for (const row of rows) look(named(table, row))
      read(rows.length)
    }
}

/** The values of a row by the names of their columns. */
function named({ columns }: Table, row: Row): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map((column, index) => [column, row[index]]))
}

/** The tables that have an id, or give one out next, so great that soon none is left. */
async function findSpentIds(snapshot: Snapshot): Promise<readonly string[]> {
  const spent: string[] = []
  for (const [name, next] of await snapshot.nextIds()) {
    if (!TABLES.some((table) => table.name === name)) continue
    const query = sql<{ readonly count: number }>`select count(*) as count from ${sql.table(name)}
      where id > ${sql.lit(NEAR_THE_END)}`
    const count = (await query.execute(snapshot.kysely)).rows[0]?.count ?? 0
    if (next > NEAR_THE_END || count > 0) spent.push(name)
  }
  return spent
}

/** What is in the database and is not of this service. */
async function strangers(snapshot: Snapshot): Promise<readonly Finding[]> {
  const found = new Findings('stranger')
  for (const name of await snapshot.findStrangers()) found.add(name)
  return found.list()
}

/** Emails that more than one person has. */
async function twice(kysely: Kysely<Schema>): Promise<readonly Finding[]> {
  const found = new Findings('email_twice')
  const query = kysely
    .selectFrom('users')
    .select(({ fn }) => fn.min('id').as('id'))
    .groupBy('email_key')
    .having(({ fn }) => fn.countAll(), '>', 1)
  for (const { id } of await query.execute()) found.add(String(id))
  return found.list()
}

/** Rows that belong to nobody who is there. Entries of the audit may: they outlive their person. */
async function nobodys(kysely: Kysely<Schema>): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { name } of TABLES.filter((table) => table.columns.includes('user_id') && table.name !== 'audit')) {
    const query = sql<{ readonly count: number }>`select count(*) as count from ${sql.table(name)} as own
      where own.user_id is not null and not exists (select 1 from users where users.id = own.user_id)`
    const count = (await query.execute(kysely)).rows[0]?.count ?? 0
    if (count > 0) findings.push({ kind: 'nobodys', count, where: [name] })
  }
  return findings
}
