/** Better Auth's database, on SQLite or PostgreSQL: its table user, and in account the passwords and the logins at other services. */
import { betterAuthRecord } from '../../moving/better-auth.ts'
import { UnreadableSource } from '../../moving/record.ts'
import type { ImportSource } from '../../moving/record.ts'
import type { Lookup } from '../dialects/sqlite-lookup.ts'
import type { ForeignRow, ForeignTable } from './table.ts'
import { openTwoTables } from './two-tables.ts'

const USER = ['id', 'email', 'emailVerified', 'createdAt', 'isAnonymous', 'banned', 'banExpires', 'twoFactorEnabled']
const ACCOUNT = ['userId', 'providerId', 'password', 'updatedAt']
const OF_A_PASSWORD = 'credential'

/** A row of the table account. */
type Login = readonly [providerId: string | null, password: string | null, updatedAt: string | null]

/**
 * The accounts of a database, by its file or its address.
 * @throws {UnreadableSource} where it is none of Better Auth. @throws {DatabaseUnavailable} when PostgreSQL cannot be reached.
 */
export async function openBetterAuth(address: string, now: Date): Promise<ImportSource> {
  return openTwoTables(address, {
    people: 'user',
    other: 'account',
    keep: keepLogins,
    shapeFrom: (users, logins) => {
      const names = namesIn(users, USER)
      return {
        form: 'better-auth',
        columns: [...names.values()],
        needed: ['id', 'email'],
        recordFrom: (row, left) => {
          const found = logins.find(String(row['id'])).map((text) => JSON.parse(text) as Login)
          return betterAuthRecord({ ...renamed(row, names), ...passwordFrom(found) }, left, now)
        },
      }
    },
  })
}

/** Keeps the rows of the table account by the ids of their users. @throws {UnreadableSource} where it is no such table. */
async function keepLogins(accounts: ForeignTable, logins: Lookup): Promise<void> {
  const names = namesIn(accounts, ACCOUNT)
  if (names.size < ACCOUNT.length) throw new UnreadableSource('the table account is none of Better Auth')
  for await (const { values } of accounts.rows([...names.values()])) {
    const { userId, providerId, password, updatedAt } = renamed(values, names)
    const login = [providerId, password, updatedAt].map(textOf)
    logins.keep(String(userId), JSON.stringify(login))
  }
}

/** A value as text, or null for one that is none. */
function textOf(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : null
}

/** What the columns of these names are called in a table: as Better Auth calls them, or in snake case, as its schema for Drizzle does. */
function namesIn({ columns }: ForeignTable, names: readonly string[]): ReadonlyMap<string, string> {
  const pairs = names.map((name) => {
    const inSnakeCase = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return [name, columns.has(name) ? name : inSnakeCase] as const
  })
  return new Map(pairs.filter(([, theirs]) => columns.has(theirs)))
}

/** The values of a row under Better Auth's own names. */
function renamed(values: ForeignRow['values'], names: ReadonlyMap<string, string>): ForeignRow['values'] {
  return Object.fromEntries([...names].map(([name, theirs]) => [name, values[theirs]]))
}

/** The newest password of somebody's logins, and whether there is one at another service. */
function passwordFrom(logins: readonly Login[]): ForeignRow['values'] {
  const own = logins.filter(([providerId, password]) => providerId === OF_A_PASSWORD && password !== null)
  const [newest] = own.sort(([, , one], [, , other]) => (String(one) < String(other) ? 1 : -1))
  return { password: newest?.[1] ?? null, elsewhere: logins.some(([providerId]) => providerId !== OF_A_PASSWORD) }
}
