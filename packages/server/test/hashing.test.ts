/** Password hashes as they really are, and the process that makes them, when it works, hangs, dies or is flooded. */
import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import { HashingPool } from '../src/crypto/hashing-pool.ts'
import type { PoolOptions } from '../src/crypto/hashing-pool.ts'
import { hashPassword, verifyPassword } from '../src/crypto/hashing.ts'
import { decoyHash, kindOf } from '../src/crypto/password-hash.ts'
import type { HashKind } from '../src/crypto/password-hash.ts'
import { AuthError } from '../src/errors.ts'

const BCRYPT = { name: 'bcrypt', cost: 12 } as const
const ARGON2ID = { name: 'argon2id', memoryKiB: 65_536, passes: 3, lanes: 1 } as const
const CHEAP = { name: 'bcrypt', cost: 4 } as const
const LONGEST = 'x'.repeat(72)

const pools: HashingPool[] = []

/** A pool that ends with the test. */
function pool(options: Partial<PoolOptions> = {}): HashingPool {
  const made = new HashingPool({ threads: 2, queueSeconds: 5, hashingLanes: false, ...options })
  pools.push(made)
  return made
}

/** A pool whose process misbehaves on demand. */
function oddPool(options: Partial<PoolOptions> = {}): HashingPool {
  return pool({ threads: 1, jobSeconds: 1, program: new URL('./support/odd-hasher.ts', import.meta.url), ...options })
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map(async (made) => made.close()))
})

describe('a hash', () => {
  test.each([BCRYPT, ARGON2ID])(
    'of kind $name has the form and cost asked for, and knows its password from others [ASVS 11.4.2]',
    async (kind) => {
      const hash = await hashPassword('mot de passe 🗝', kind)
      expect(hash).toMatch(kind.name === 'bcrypt' ? /^\$2b\$12\$/ : /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/)
      expect(kindOf(hash)).toEqual(kind)
      expect(await verifyPassword('mot de passe 🗝', hash)).toBe(true)
      expect(await verifyPassword('mot de passe 🗝 ', hash)).toBe(false)
      expect(await hashPassword('mot de passe 🗝', kind)).not.toBe(hash)
    },
  )

  test('of bcrypt never knows a password by its first 72 bytes, nor by what comes before a NUL', async () => {
    const hash = await hashPassword(LONGEST, CHEAP)
    expect(await verifyPassword(LONGEST, hash)).toBe(true)
    expect(await verifyPassword(`${LONGEST}y`, hash)).toBe(false)
    expect(await verifyPassword('x\0x', await hashPassword('x', CHEAP))).toBe(false)
    await expect(hashPassword(`${LONGEST}y`, CHEAP)).rejects.toThrow(RangeError)
  })

  test('of argon2id takes long passwords whole [ASVS 6.2.9]', async () => {
    const hash = await hashPassword('x'.repeat(1024), ARGON2ID)
    expect(await verifyPassword('x'.repeat(1024), hash)).toBe(true)
    expect(await verifyPassword('x'.repeat(1023), hash)).toBe(false)
  })

  test.each(['$2a$', '$2y$'])('of bcrypt from elsewhere, marked %s, is checked like our own', async (mark) => {
    const hash = (await hashPassword('x', CHEAP)).replace('$2b$', mark)
    expect(await verifyPassword('x', hash)).toBe(true)
  })

  test.each([
    ['the broken implementation of 2011', `$2x$12$${'a'.repeat(53)}`],
    ['a cost that would take minutes', `$2b$31$${'a'.repeat(53)}`],
    [
      'four gigabytes of memory',
      '$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo',
    ],
    [
      'a million passes',
      '$argon2id$v=19$m=65536,t=1000000,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo',
    ],
    ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['a digest with stray bits, which the library refuses at once', `$2b$10$${'a'.repeat(52)}9`],
    ['a salt with stray bits', `$2b$10$${'a'.repeat(21)}9${'a'.repeat(31)}`],
    [
      'base64 of a length that there is not',
      '$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoa',
    ],
    [
      'a number with a zero before it',
      '$argon2id$v=19$m=0065536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo',
    ],
    ['nothing', ''],
  ])('that asks for %s is no hash that we check', async (_, hash) => {
    expect(kindOf(hash)).toBeNull()
    expect(await verifyPassword('password', hash)).toBe(false)
  })

  test.each([BCRYPT, ARGON2ID])(
    'that is a decoy of kind $name costs what a real one costs, and nobody knows its password',
    async (kind: HashKind) => {
      const real = await hashPassword('x', kind)
      const times = { real: Infinity, decoy: Infinity } // the best of some: other work on the machine only adds
      for (let round = 0; round < 8; round++) {
        for (const name of ['real', 'decoy'] as const) {
          const start = performance.now()
          expect(await verifyPassword('y', name === 'real' ? real : decoyHash(kind))).toBe(false)
          times[name] = Math.min(times[name], performance.now() - start)
        }
      }
      expect(times.decoy / times.real).toBeGreaterThan(0.6)
      expect(times.decoy / times.real).toBeLessThan(1.7)
    },
  )
})

describe('the hashing process', () => {
  test('hashes and checks, at low priority, and holds no secret in its arguments or environment', async () => {
    const made = pool()
    const hash = await made.hash('b4l0u', CHEAP)
    expect(await made.verify('b4l0u', hash)).toBe(true)
    expect(await made.verify('t4rt1fl3tt3', hash)).toBe(false)
    const processes = execFileSync('ps', ['-A', '-o', 'ppid=,nice=,args='], { encoding: 'utf8' }).split('\n')
    const ours = processes.filter(
      (line) => line.includes('hashing-process') && line.trim().startsWith(String(process.pid)),
    )
    expect(ours).toHaveLength(1)
    expect(ours[0]).toMatch(/^\s*\d+\s+19\s/)
  })

  test('that dies is replaced: what it was at is refused, who waited is served', async () => {
    const made = oddPool()
    const [dying, waiting] = [made.verify('die', 'hash'), made.verify('fine', 'hash')]
    await expect(dying).rejects.toMatchObject({ code: 'passwords.busy' })
    expect(await waiting).toBe(true)
  })

  test('that hangs is replaced too', async () => {
    const made = oddPool()
    const [hanging, waiting] = [made.verify('hang', 'hash'), made.verify('fine', 'hash')]
    await expect(hanging).rejects.toBeInstanceOf(AuthError)
    expect(await waiting).toBe(true)
  })

  test('that cannot run at all lets nobody wait for ever', async () => {
    const made = oddPool({ program: new URL('file:///nowhere/hasher.js') })
    await expect(made.verify('fine', 'hash')).rejects.toMatchObject({ code: 'passwords.busy' })
    await expect(made.verify('fine', 'hash')).rejects.toMatchObject({ code: 'passwords.busy' })
  })

  test('has a queue as long as it can serve in the time allowed; then it refuses, and says when to come back [ASVS 15.2.2]', async () => {
    const made = oddPool({ queueSeconds: 1, jobSeconds: 10 })
    const hanging = made.verify('hang', 'hash')
    const outcomes = Promise.allSettled([
      hanging,
      ...Array.from({ length: 20 }, async () => made.verify('fine', 'hash')),
    ])
    await expect(made.verify('fine', 'hash')).rejects.toMatchObject({ code: 'passwords.busy', retryAfterSeconds: 1 })
    await made.close()
    expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true)
  })

  test('that cannot even be spawned lets nobody wait for ever, and the pool still ends', async () => {
    const node = process.execPath
    const made = pool({ jobSeconds: 1 })
    try {
      process.execPath = '/nowhere/node'
      await expect(made.verify('x', decoyHash(CHEAP))).rejects.toMatchObject({ code: 'passwords.busy' })
    } finally {
      process.execPath = node
    }
    expect(await made.verify('x', decoyHash(CHEAP))).toBe(false)
    await made.close()
  })

  test('keeps its queue to what it can serve, also after cheap hashes', async () => {
    const made = oddPool({ queueSeconds: 1 })
    for (let round = 0; round < 60; round++) await made.verify('fine', 'hash')
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, async () => made.verify('fine', 'hash')))
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(30)
  })

  test('serves a burst that fits the queue, to the last', async () => {
    const made = pool()
    const results = await Promise.all(Array.from({ length: 20 }, async () => made.verify('x', decoyHash(CHEAP))))
    expect(results).toEqual(Array.from({ length: 20 }, () => false))
  })
})
