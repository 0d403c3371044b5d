/** People whose password hash came from elsewhere log in, and their hash becomes one of today's kind. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readForeignHash } from '../src/crypto/foreign-hash.ts'
import { HashingPool } from '../src/crypto/hashing-pool.ts'
import { makeSecret } from '../src/crypto/token.ts'
import { DB } from '../src/db/db.ts'
import { settingsOf } from '../src/settings-list.ts'
import { databases } from './support/databases.ts'
import { KNOWN_HASHES, LONG_PASSWORD, LONG_PASSWORD_HASH } from './support/foreign-hashes.ts'
import { startHardened } from './support/hardened.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const NAMES = [
  'Django’s PBKDF2 with SHA-256',
  'Django’s SHA-1',
  'Werkzeug’s scrypt',
  'bcrypt of cost 5',
  'Better Auth’s scrypt, which normalises',
]
const PEOPLE = KNOWN_HASHES.filter(({ name }) => NAMES.includes(name)).map((known, at) => ({
  ...known,
  email: `person${String(at)}@example.com`,
}))
const KINDS = [
  ['classic', /^\$2b\$12\$/],
  ['hardened', /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/],
] as const

describe.each(databases.flatMap((database) => KINDS.map(([preset, kind]) => ({ ...database, preset, kind }))))(
  'in $preset on $name',
  ({ fresh, preset, kind }) => {
    let pool: HashingPool
    let service: TestService
    let db: DB

    beforeAll(async () => {
      const [database, secret] = [fresh(), makeSecret()]
      pool = new HashingPool(settingsOf(preset).passwords)
      const start = preset === 'classic' ? startTestService : startHardened
      service = await start(database, { service: { secret } }, { hasher: pool })
      db = await DB.open(database, { secrets: [secret] })
    })

    afterAll(async () => {
      await db.close()
      await service.close()
      await pool.close()
    })

    /** Stores somebody as an import would: wrapped, where the hash is weak. */
    async function moveIn(email: string, text: string): Promise<void> {
      const read = readForeignHash(text)
      if (read.is === 'none') throw new Error(read.reason)
      const { argon2MemoryMiB, argon2Passes: passes, argon2Lanes: lanes } = settingsOf(preset).passwords
      const argon2id = { name: 'argon2id', memoryKiB: argon2MemoryMiB * 1024, passes, lanes } as const
      const { id } = await db.addUser(email, read.is === 'stored' ? read.hash : await pool.wrap(read.legacy, argon2id))
      await db.users.setVerified(id, new Date())
    }

    /** What a login is answered. */
    async function logIn(email: string, password: string): Promise<number> {
      return (await service.send('POST', '/sessions', { form: { email, password } })).status
    }

    /** The hash that stands in the database. */
    async function hashOf(email: string): Promise<string | null> {
      const found = await db.passwords.findLogin(email as Parameters<DB['passwords']['findLogin']>[0])
      return found?.hash ?? null
    }

    test.each(PEOPLE)('a login renews a hash, and the password stays: $name', async ({ email, hash, password }) => {
      await moveIn(email, hash)
      const before = await hashOf(email)
      expect(before).not.toMatch(kind)
      expect(await logIn(email, `${password}x`)).toBe(401)
      expect(await hashOf(email)).toBe(before)
      expect(await logIn(email, password)).toBe(200)
      expect(await hashOf(email)).toMatch(kind)
      expect(await logIn(email, password)).toBe(200)
    })

    test('a password that is too long for bcrypt keeps its hash in classic, and still counts', async () => {
      const [email, password] = ['long@example.com', LONG_PASSWORD]
      await moveIn(email, LONG_PASSWORD_HASH)
      const before = await hashOf(email)
      expect(await logIn(email, password)).toBe(200)
      if (preset === 'classic') expect(await hashOf(email)).toBe(before)
      else expect(await hashOf(email)).toMatch(kind)
      expect(await logIn(email, password)).toBe(200)
      expect(await logIn(email, password.slice(1))).toBe(401)
    })
  },
)
