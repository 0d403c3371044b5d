/** The file of hashes that Auth0's support gives out: its passwords, by the ids of their accounts. */
import { BadRow, instantFrom, textFrom } from './fields.ts'
import type { Input } from './input.ts'
import type { Fields } from './left-behind.ts'
import { linesOf } from './lines.ts'
import { fieldsFrom } from './objects.ts'
import { UnreadableSource } from './record.ts'

/** Texts by names, for more of them than fit into memory. */
export interface Kept {
  keep(name: string, value: string): void
  find(name: string): readonly string[]
  close(): void
}

/** A password as a record has it. */
interface Password {
  readonly hash: string | null
  readonly passwordSetAt: Date | null
}

const LONGEST_BYTES = 64 * 1024
const OWN = 'auth0|' // what ids of accounts with a password begin with

/**
 * Keeps the lines that have a hash; those that are empty are passed over. A damaged file stops everything: what it lacks would be passwords that people lose.
 * @throws {UnreadableSource}
 */
export async function keepHashes(input: Input, kept: Kept): Promise<void> {
  for await (const { number, bytes } of linesOf(input.read(), LONGEST_BYTES)) {
    const text = bytes?.toString() ?? null
    if (text?.trim() === '') continue
    const fields = text === null ? null : jsonFrom(text)
    if (fields === null) throw new UnreadableSource(`line ${number} of the file of hashes is no JSON object`)
    keepHash(fields, number, kept)
  }
}

/** Keeps the hash on a line, if there is one. @throws {UnreadableSource} for a value that is none of its field. */
function keepHash(fields: Fields, number: number, kept: Kept): void {
  try {
    const id = textFrom('alt_id', fields['alt_id']) ?? textFrom('_id', fieldsFrom(fields['_id'])?.['$oid'])
    const hash = textFrom('passwordHash', fields['passwordHash'])
    const connection = textFrom('connection', fields['connection'])
    if (id === null || hash === null) return
    const setAt = setFrom(fieldsFrom(fields['password_set_date'])?.['$date'])
    const value = JSON.stringify([hash, setAt?.getTime() ?? null])
    if (connection !== null) kept.keep(nameOf(connection, id), value)
    kept.keep(nameOf(null, id), value)
  } catch (error) {
    if (!(error instanceof BadRow)) throw error
    throw new UnreadableSource(`line ${number} of the file of hashes: ${error.message}`, { cause: error })
  }
}

/** The password of an account: by its identities in databases of Auth0, or where those were not exported, by its id. */
export function passwordFrom(kept: Kept, userId: string | null, identities: readonly Fields[]): Password {
  const names = identities
    .filter(({ provider }) => provider === 'auth0')
    .map((each) => [textFrom('connection', each['connection']), textFrom('user_id', each['user_id'])] as const)
    .flatMap(([connection, id]) => (connection === null || id === null ? [] : [nameOf(connection, id)]))
  if (identities.length === 0 && userId?.startsWith(OWN) === true) names.push(nameOf(null, userId.slice(OWN.length)))
  const passwords = names
    .map((name) => kept.find(name))
    .flatMap((values) => (values.length === 1 ? values : [])) // two hashes under one name are two people's: neither gets the other's
    .map((value) => JSON.parse(value) as readonly [string, number | null])
    .map(([hash, setAt]) => ({ hash, passwordSetAt: setAt === null ? null : new Date(setAt) }))
  return passwords.sort((one, other) => timeOf(other) - timeOf(one))[0] ?? { hash: null, passwordSetAt: null }
}

/** When a password was set, also as the number by which MongoDB writes years that ISO 8601 does not; null where that cannot be read. */
function setFrom(given: unknown): Date | null {
  const counted = fieldsFrom(given)?.['$numberLong']
  try {
    return instantFrom('password_set_date', counted ?? given, counted === undefined ? null : 'ms')
  } catch (error) {
    if (error instanceof BadRow) return null // a date is no reason to lose a password
    throw error
  }
}

/** When a password was set, for comparing. */
function timeOf({ passwordSetAt }: Password): number {
  return passwordSetAt?.getTime() ?? 0
}

/** The name of an account in a database of Auth0, or in any. */
function nameOf(connection: string | null, id: string): string {
  return JSON.stringify([connection, id])
}

/** A line as an object; null where it is none. */
function jsonFrom(text: string): Fields | null {
  try {
    return fieldsFrom(JSON.parse(text))
  } catch {
    return null
  }
}
