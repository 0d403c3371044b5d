/** Texts that pretend to be password hashes, to cost memory or time, or to break what reads them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAffordable } from '../src/crypto/derivation-bounds.ts'
import { derive } from '../src/crypto/derive.ts'
import { readForeignHash } from '../src/crypto/foreign-hash.ts'
import type { ForeignHash } from '../src/crypto/foreign-hash.ts'
import { verifyPassword } from '../src/crypto/hashing.ts'
import { decoyHash, kindOf } from '../src/crypto/password-hash.ts'
import { writeWrapped } from '../src/crypto/stored-hash.ts'
import { KNOWN_HASHES } from './support/foreign-hashes.ts'

const [SALT, DIGEST] = ['c2FsdHNhbHQ', 'aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo']
const WRAPPING = decoyHash({ name: 'argon2id', memoryKiB: 19_456, passes: 2, lanes: 1 })
const MEBIBYTE = 'A'.repeat(2 ** 20)

const HOSTILE = [
  `$scrypt$ln=31,r=8,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=18,r=8,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=17,r=8,p=2$${SALT}$${DIGEST}`,
  `$scrypt$ln=1,r=8,p=1073741824$${SALT}$${DIGEST}`,
  `$scrypt$ln=1,r=1073741824,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=17,r=1,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=-1,r=8,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=NaN,r=8,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=1e1,r=8,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=14,ln=14,r=8,p=1$${SALT}$${DIGEST}`,
  `$scrypt$r=8,ln=14,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=0x10,r=8,p=1$${SALT}$${DIGEST}`,
  `$scrypt$ln=14,r=8,p=1$${SALT}$`,
  `$scrypt$ln=14,r=8,p=1$${SALT}$QQ`,
  `$scrypt$ln=14,r=8,p=1$${SALT}$${MEBIBYTE}`,
  `$scrypt$ln=14,r=8,p=1$${'A'.repeat(256)}$${DIGEST}`,
  `$scrypt-nfkd$ln=14,r=8,p=1$${SALT}$${DIGEST}`,
  `$pbkdf2-sha256$i=2000001$${SALT}$${DIGEST}`,
  `$pbkdf2-sha256$i=9999999999$${SALT}$${DIGEST}`,
  `$pbkdf2-sha256$i=99999999999999999999$${SALT}$${DIGEST}`,
  `$pbkdf2-sha512$i=500001$${SALT}$${DIGEST}`,
  `$pbkdf2-sha1$i=2000001$${SALT}$${DIGEST}`,
  `$pbkdf2-md5$i=600000$${SALT}$${DIGEST}`,
  `$pbkdf2-sha256$i=600000,l=4294967295$${SALT}$${DIGEST}`,
  `$pbkdf2-sha256$i=0600000$${SALT}$${DIGEST}`,
  `$pbkdf2-sha256$i=Infinity$${SALT}$${DIGEST}`,
  `pbkdf2_sha256$${'9'.repeat(400)}$saltsalt$${DIGEST}`,
  `pbkdf2_sha256$-600000$saltsalt$${DIGEST}`,
  `pbkdf2_sha256$600000$saltsalt$NNgqZxqdRx0r-lxToL0wzy79eNxA7ax0PTw7LB0rXGg=`,
  `pbkdf2_sha256$600000$saltsalt$NNgqZxqdRx0r+lxToL0wzy79eNxA7ax0PTw7LB0rXGh=`,
  `pbkdf2_sha256$600000$saltsalt$NNgqZxqdRx0r+lxToL0wzy79eNxA7ax0PTw7LB0rXGg`,
  `pbkdf2_sha256$600000$saltsalt$${DIGEST}$`,
  `scrypt$1073741824$saltsalt$8$1$${DIGEST}`,
  `scrypt$16383$saltsalt$8$1$${DIGEST}`,
  `scrypt:32768:8:99999$saltsalt$${'ab'.repeat(32)}`,
  `scrypt:32768:8:1$saltsalt$${'AB'.repeat(32)}`,
  `scrypt:32768:8:1$saltsalt$${'ab'.repeat(32)}a`,
  `$fbscrypt$v=1,n=31,r=8,p=1,ss=Bw==,sk=${DIGEST}$${SALT}$${DIGEST}`,
  `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=QQ==$${SALT}$QQ==`,
  `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=$${SALT}$`,
  `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=${DIGEST}AAAA$${SALT}$${DIGEST}`,
  `$fbscrypt$v=2,n=14,r=8,p=1,ss=Bw==,sk=${DIGEST}$${SALT}$${DIGEST}`,
  `$argon2id$v=19$m=4194304,t=3,p=1$${SALT}$${DIGEST}`,
  `$argon2i$v=19$m=65536,t=1000000,p=1$${SALT}$${DIGEST}`,
  `$argon2d$v=19$m=262144,t=5,p=1$${SALT}$${DIGEST}`,
  `$argon2i$v=19$m=65536,t=3,p=255$${SALT}$${DIGEST}`,
  `$argon2i$v=18$m=65536,t=3,p=1$${SALT}$${DIGEST}`,
  `$argon2i$v=19$m=65536,t=3,p=1,p=1$${SALT}$${DIGEST}`,
  `$argon2i$v=19$m=65536,t=3,p=1$c2FsdA$${DIGEST}`,
  `$argon2i$v=19$m=8,t=3,p=2$${SALT}$${DIGEST}`,
  `$bcrypt-sha256$v=2,t=2b,r=31$${'a'.repeat(21)}u$${'a'.repeat(31)}`,
  `$bcrypt-sha256$v=3,t=2b,r=12$${'a'.repeat(21)}u$${'a'.repeat(31)}`,
  `$wrapped$l=16$md5-saltfirst$`,
  `$wrapped$l=17$md5-saltfirst$${SALT}${WRAPPING}`,
  `$wrapped$l=0$md5-saltfirst$${SALT}${WRAPPING}`,
  `$wrapped$l=16$scrypt$ln=31,r=8,p=1$${WRAPPING}`,
  `$wrapped$l=32$pbkdf2-sha256$i=600000$${SALT}${WRAPPING}`,
  `$wrapped$l=16$md5-saltfirst$${SALT}$argon2id$v=19$m=4194304,t=3,p=1$${SALT}$${DIGEST}`,
  `$wrapped$l=16$md5-saltfirst$${SALT}$argon2id$v=19$m=8,t=1,p=1$${SALT}$${DIGEST}`,
  `$wrapped$l=16$md5-saltfirst$${SALT}$2b$12$${'a'.repeat(53)}`,
  `$wrapped$l=16$wrapped$l=16$md5-saltfirst$${SALT}${WRAPPING}${WRAPPING}`,
  `{SSHA}${MEBIBYTE}`,
  `{SSHA}+iJpdzdRfcVijCwsQ4KlBDpkAj8=`,
  `{SHA}SDOBhzQrFu+8oEQiLhCxQvX8pJgU4jxn`,
  `md5$salt$${'0'.repeat(31)}`,
  `md5$salt$${'0'.repeat(33)}`,
  `${'0'.repeat(32)}:${'g'.repeat(128)}`,
  '$'.repeat(1000),
  '$wrapped$l=16'.repeat(78),
  MEBIBYTE,
  '\ud800',
  '\0',
]

describe('a hostile hash', () => {
  test.each(HOSTILE)('%.80s is refused at once [hardened 28]', async (text) => {
    const start = performance.now()
    expect(readForeignHash(text).is).toBe('none')
    expect(kindOf(text)).toBeNull()
    expect(await verifyPassword('password', text)).toBe(false)
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test.each(KNOWN_HASHES.filter(({ is, scheme }) => is === 'weak' && scheme !== 'bcrypt'))(
    'that is weak and not wrapped is not checked, though it stands in the database: $name',
    async ({ hash, password }) => {
      const read = readForeignHash(hash) as Extract<ForeignHash, { is: 'weak' }>
      const bare = `${read.legacy.derivation}$${read.legacy.digest.replaceAll('=', '')}`
      expect(await verifyPassword(password, bare)).toBe(false)
    },
  )

  test('made of a real one by chance never breaks anything, takes no time, and is stored only where it can be checked', () => {
    const texts = fc.constantFrom(...KNOWN_HASHES.map(({ hash }) => hash))
    const pieces = fc.constantFrom(
      '',
      '$',
      ',',
      '=',
      '-',
      '9',
      '0',
      'A',
      '\0',
      '$wrapped$l=16',
      'i=1',
      '£',
      '99999999999',
    )
    const edits = fc.array(fc.tuple(fc.nat(300), fc.nat(4), pieces), { minLength: 1, maxLength: 4 })
    const start = performance.now()
    fc.assert(
      fc.property(texts, edits, (text, changes) => {
        const changed = changes.reduce((now, [at, gone, put]) => now.slice(0, at) + put + now.slice(at + gone), text)
        const read = readForeignHash(changed)
        if (read.is === 'stored') expect(kindOf(read.hash)).not.toBeNull()
        if (read.is === 'weak') expect(kindOf(writeWrapped(read.legacy, WRAPPING))).not.toBeNull()
        if (kindOf(changed) !== null) expect(read.is).not.toBe('none')
      }),
      { numRuns: 5000 },
    )
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  test('of any cost that is allowed can be computed', async () => {
    const scrypt = fc.record({
      name: fc.constant('scrypt' as const),
      variant: fc.constantFrom('plain' as const, 'nfkc' as const, 'firebase' as const),
      ln: fc.integer({ min: 1, max: 10 }),
      r: fc.integer({ min: 1, max: 32 }),
      p: fc.integer({ min: 1, max: 16 }),
      salt: fc.constant(Buffer.from('salt')),
    })
    const argon2 = fc.record({
      name: fc.constant('argon2' as const),
      type: fc.constantFrom('argon2d' as const, 'argon2i' as const, 'argon2id' as const),
      version: fc.constantFrom(16 as const, 19 as const),
      memoryKiB: fc.integer({ min: 1, max: 300 }),
      passes: fc.integer({ min: 1, max: 12 }),
      lanes: fc.integer({ min: 1, max: 20 }),
      salt: fc.integer({ min: 0, max: 130 }).map((length) => Buffer.alloc(length, 1)),
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(scrypt, argon2), fc.integer({ min: 16, max: 128 }), async (derivation, length) => {
        fc.pre(isAffordable(derivation))
        expect(await derive('password', derivation, length)).toHaveLength(length)
      }),
      { numRuns: 100 },
    )
  })
})
