/** Password hashes from elsewhere: each form that is taken knows its password, each other is refused with a reason. */
import { describe, expect, test } from 'vitest'
import { readForeignHash } from '../src/crypto/foreign-hash.ts'
import type { ForeignHash } from '../src/crypto/foreign-hash.ts'
import { verifyPassword, wrapHash } from '../src/crypto/hashing.ts'
import { kindOf } from '../src/crypto/password-hash.ts'
import type { PasswordHash } from '../src/crypto/password-hash.ts'
import { KNOWN_HASHES } from './support/foreign-hashes.ts'

const BCRYPT_END = `${'a'.repeat(21)}u${'a'.repeat(30)}u` // of salt and digest no bit strays
const ARGON2ID = { name: 'argon2id', memoryKiB: 19_456, passes: 2, lanes: 1 } as const

/** The hash as it would be stored after an import. */
async function imported(text: string): Promise<PasswordHash> {
  const read = readForeignHash(text)
  if (read.is === 'none') throw new Error(read.reason)
  return read.is === 'stored' ? read.hash : wrapHash(read.legacy, ARGON2ID)
}

/** What is said of a hash that is not taken. */
function reasonFor(text: string): string | null {
  const read = readForeignHash(text)
  return read.is === 'none' ? read.reason : null
}

describe('a hash from elsewhere', () => {
  test.each(KNOWN_HASHES)('is read and knows its password: $name', async ({ hash, password, is, scheme }) => {
    expect(readForeignHash(hash)).toMatchObject({ is, scheme })
    const stored = await imported(hash)
    expect(await verifyPassword(password, stored)).toBe(true)
    expect(await verifyPassword(`${password} `, stored)).toBe(false)
  })

  test.each(KNOWN_HASHES)('can be stored, and read again as it is stored: $name', async ({ hash }) => {
    const stored = await imported(hash)
    expect(kindOf(stored)).not.toBeNull()
    expect(readForeignHash(stored)).toMatchObject({ is: 'stored', hash: stored })
  })

  test.each(KNOWN_HASHES)('is never the same with a letter less, or with one more: $name', ({ hash, scheme }) => {
    const isCut = scheme.startsWith('pbkdf2') && hash.startsWith('$') // what is more than a block of PBKDF2 is not compared
    const near = [hash.slice(0, -1), hash.slice(1), `${hash}\n`, ` ${hash}`, `${hash}=`, ...(isCut ? [] : [`${hash}A`])]
    for (const text of near) expect(readForeignHash(text)).not.toEqual(readForeignHash(hash))
  })

  test.each(KNOWN_HASHES.filter(({ is }) => is === 'weak'))(
    'that is weak is stored wrapped in argon2id only: $name [hardened 28]',
    async ({ hash }) => {
      const read = readForeignHash(hash) as Extract<ForeignHash, { is: 'weak' }>
      const stored = await imported(hash)
      expect(stored).toMatch(/^\$wrapped\$.+\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      expect(stored).not.toContain(read.legacy.digest)
      expect(stored).not.toContain(Buffer.from(read.legacy.digest, 'base64').toString('hex'))
      expect(await imported(hash)).not.toBe(stored)
    },
  )

  test('keeps nothing of the signer key of Firebase', async () => {
    for (const { hash } of KNOWN_HASHES.filter(({ scheme }) => scheme === 'scrypt-firebase')) {
      const key = Buffer.from(/sk=([^$]+)/.exec(hash)?.[1] ?? '', 'base64')
      expect(key).toHaveLength(64)
      const fields = (await imported(hash)).split('$').map((field) => Buffer.from(field, 'base64'))
      for (let at = 0; at < key.length; at += 8)
        expect(fields.some((field) => field.includes(key.subarray(at, at + 8)))).toBe(false)
    }
  })

  test('of cheap bcrypt knows nobody by the first 72 bytes, nor by what comes before a NUL, wrapped or not', async () => {
    // Made by Python's bcrypt 5, of 72 times x and of one x.
    const long = await imported('$2b$05$NSjTDYqDi4VtQoe88ocXBONwkg8dllR/ugm3TRZuOhexU34s0VFNe')
    const short = await imported('$2b$05$9VFOuWykASsraf8BKxvQNuq0KDMMuOBhpOggGHWy8sk9iM.R0YJZa')
    expect(long).toMatch(/^\$wrapped\$/)
    expect(await verifyPassword('x'.repeat(72), long)).toBe(true)
    expect(await verifyPassword('x'.repeat(73), long)).toBe(false)
    expect(await verifyPassword('x', short)).toBe(true)
    expect(await verifyPassword('x\0x', short)).toBe(false)
  })

  test('is wrapped only where it is weak and within its bounds', async () => {
    const legacy = { derivation: '$pbkdf2-sha256$i=600000$c2FsdHNhbHQ', digest: Buffer.alloc(32).toString('base64') }
    await expect(wrapHash(legacy, ARGON2ID)).rejects.toThrow(RangeError)
    await expect(wrapHash({ ...legacy, derivation: '$md5-saltfirst$' }, ARGON2ID)).rejects.toThrow(RangeError)
  })
})

describe('a hash that is not taken', () => {
  test.each([
    ['', 'there is none'],
    [`$2x$12$${BCRYPT_END}`, 'a broken bcrypt made it'],
    [`{bcrypt}$2x$12$${BCRYPT_END}`, 'a broken bcrypt made it'],
    [`bcrypt$$2x$12$${BCRYPT_END}`, 'a broken bcrypt made it'],
    [`bcrypt_sha256$$2x$12$${BCRYPT_END}`, 'it is not written as'],
    ['!1SQp0pURBd08tRTYCKoufnIqherIyTQZjKglTHgc', 'the account has no password'],
    ['$6$r2BE5uJ6KLO7QMI8$g6QRjrl4hWYsp8rcnyoDYsQeQ6iyKkPQivhU9ZqP2Pv5xPOMDCjYnujss', 'crypt'],
    ['$5$rounds=5000$saltsalt$hash', 'crypt'],
    ['$1$saltsalt$hash', 'crypt'],
    ['$y$j9T$saltsalt$hash', 'crypt'],
    ['5f4dcc3b5aa765d61d8327deb882cf99', 'a bare digest'],
    ['plain$$password', 'a password and no hash'],
    ['password', 'in no form that is known'],
    ['$2b$12$tooshort', 'not written as'],
    [`$2b$31$${BCRYPT_END}`, 'out of bounds'],
    [`$2b$12$${'a'.repeat(21)}9${'a'.repeat(31)}`, 'not written as'],
    ['$argon2x$v=19$m=65536,t=3,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA', 'not written as'],
    ['pbkdf2_sha256$600000$saltsalt$AAAAAAAAAAAAAAAAAAAA', 'another length'],
  ])('%s is refused, and people are told why', (text, reason) => {
    expect(reasonFor(text)).toContain(reason)
    expect(kindOf(text)).toBeNull()
  })

  test('is not repeated in the reason', () => {
    for (const { hash } of KNOWN_HASHES) {
      const reason = reasonFor(`${hash}!`) ?? ''
      expect(hash.split(/[$:]/).filter((part) => part.length > 15 && reason.includes(part))).toEqual([])
    }
  })
})
