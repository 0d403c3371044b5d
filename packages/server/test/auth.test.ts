/** The contract's Auth, as a library, on every database: without HTTP, with the clock moved by the test. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Auth } from '../src/auth/auth.ts'
import { hashPassword } from '../src/crypto/hashing.ts'
import { HashingPool } from '../src/crypto/hashing-pool.ts'
import { decoyHash } from '../src/crypto/password-hash.ts'
import { DB } from '../src/db/db.ts'
import { AuthError, ValueError } from '../src/errors.ts'
import { settingsOf } from '../src/settings-list.ts'
import { CheapHasher } from './support/cheap-hasher.ts'
import { TestClock } from './support/clock.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'

const PHRASE = 'violet ladder hums at noon'
const BCRYPT_10 = { name: 'bcrypt', cost: 10 } as const
const CHEAPEST_ARGON2ID = { name: 'argon2id', memoryKiB: 64, passes: 1, lanes: 1 } as const

describe.each(databases)('Auth on $name', ({ fresh }) => {
  const clock = new TestClock()
  const hasher = new CheapHasher()
  let db: DB
  let auth: Auth

  beforeAll(async () => {
    db = await DB.open(fresh(), { now: clock.now, secrets: [SECRET] })
    auth = new Auth(db, { hasher })
  })
  afterAll(async () => {
    await db.close()
  })

  test('tells the story of the contract', async () => {
    const user = await auth.registerUser('me@me.com', 'mySecuredPwd')
    const taken = auth.registerUser('me@me.com', 'another')
    await expect(taken).rejects.toThrow(ValueError)
    await expect(taken).rejects.toMatchObject({ code: 'users.email_taken', message: 'User me@me.com already exists' })

    expect(await auth.validLogin('me@me.com', 'mySecuredPwd')).toBe(true)
    expect(await auth.validLogin('me@me.com', 'WrongPwd')).toBe(false)
    expect(await auth.validLogin('unknown@email', 'mySecuredPwd')).toBe(false)

    const session = await auth.createSession('me@me.com')
    expect(await auth.createSession('unknown@email.com')).toBeNull()
    expect(await auth.getUserFromSessionId(session)).toEqual(user)
    expect(await auth.getUserFromSessionId(null)).toBeNull()
    expect(await auth.getUserFromSessionId('')).toBeNull()
    await auth.destroySession(user.id)
    expect(await auth.getUserFromSessionId(session)).toBeNull()

    const token = await auth.getResetPasswordToken('me@me.com')
    await expect(auth.getResetPasswordToken('unknown@email.com')).rejects.toThrow(ValueError)
    await expect(auth.updatePassword('wrong', 'new')).rejects.toThrow(ValueError)
    await auth.updatePassword(token, 'new')
    await expect(auth.updatePassword(token, 'newer')).rejects.toThrow(AuthError)
    expect(await auth.validLogin('me@me.com', 'new')).toBe(true)
  })

  test('a password is checked exactly as typed [ASVS 6.2.8]', async () => {
    await auth.registerUser('exact@example.com', ' Pässword 🗝 ')
    expect(await auth.validLogin('exact@example.com', ' Pässword 🗝 ')).toBe(true)
    for (const other of ['Pässword 🗝', ' pässword 🗝 ', ' Pa\u0308ssword 🗝 ', ' Pässword 🗝']) {
      expect(await auth.validLogin('exact@example.com', other)).toBe(false)
    }
  })

  test('an unknown email, a person without a password and one with an unusable hash cost one check, as a known one does [ASVS 6.3.8]', async () => {
    await auth.registerUser('known@example.com', 'right')
    await db.addUser('unusable@example.com', 'not a hash')
    const nobody = await db.users.add('passwordless@example.com', 'passwordless@example.com' as never, clock.now())
    expect(nobody).not.toBeNull()
    for (const email of [
      'known@example.com',
      'unknown@example.com',
      'unusable@example.com',
      'passwordless@example.com',
      'no email',
    ]) {
      const before = hasher.verified
      expect(await auth.validLogin(email, 'wrong')).toBe(false)
      expect(hasher.verified - before).toBe(1)
    }
  })

  test('a wrong reset token costs no hash, and a refused password spends no token', async () => {
    await auth.registerUser('order@example.com', 'old')
    const token = await auth.getResetPasswordToken('order@example.com')
    const before = hasher.hashed
    await expect(auth.reset.complete('order@example.com', `${token.slice(0, -1)}?`, 'new')).rejects.toMatchObject({
      code: 'reset.invalid_token',
    })
    await expect(auth.reset.complete('order@example.com', token, '')).rejects.toMatchObject({
      code: 'passwords.too_short',
    })
    expect(hasher.hashed).toBe(before)
    await auth.reset.complete('order@example.com', token, 'new')
  })

  test('a reset ends every session and every other reset token of that person, and of nobody else [ASVS 7.4.3]', async () => {
    for (const name of ['one', 'other']) await auth.registerUser(`${name}@reset.com`, 'old')
    const sessions = [await auth.createSession('one@reset.com'), await auth.createSession('one@reset.com')]
    const others = await auth.createSession('other@reset.com')
    const [first, second] = [
      await auth.getResetPasswordToken('one@reset.com'),
      await auth.getResetPasswordToken('one@reset.com'),
    ]
    await auth.updatePassword(first, 'new')
    for (const session of sessions) expect(await auth.getUserFromSessionId(session)).toBeNull()
    await expect(auth.updatePassword(second, 'newer')).rejects.toThrow(AuthError)
    expect((await auth.getUserFromSessionId(others))?.email).toBe('other@reset.com')
  })

  test('a login with the old password that is still being checked when a reset completes opens no session', async () => {
    await auth.registerUser('race@example.com', 'old')
    const token = await auth.getResetPasswordToken('race@example.com')
    const slow = new CheapHasher()
    const check = slow.verify.bind(slow)
    slow.verify = async (password, hash) => {
      const right = await check(password, hash)
      await auth.updatePassword(token, 'new') // comes in between
      return right
    }
    const login = new Auth(db, { hasher: slow }).login.withPassword('race@example.com', 'old')
    await expect(login).rejects.toMatchObject({ code: 'login.invalid' })
  })

  test('removing a person ends their sessions and tokens [ASVS 7.4.2]', async () => {
    const user = await auth.registerUser('gone@example.com', 'x')
    const session = await auth.createSession('gone@example.com')
    const token = await auth.getResetPasswordToken('gone@example.com')
    expect(await auth.users.remove(user.id)).toBe(true)
    expect(await auth.getUserFromSessionId(session)).toBeNull()
    await expect(auth.updatePassword(token, 'new')).rejects.toThrow(AuthError)
    await auth.registerUser('gone@example.com', 'y')
    expect(await auth.validLogin('gone@example.com', 'x')).toBe(false)
  })

  test('a person who is removed while a session is being opened gets a refusal, not an error of the database', async () => {
    const user = await auth.registerUser('vanished@example.com', 'x')
    await auth.users.remove(user.id)
    await expect(auth.sessions.open(user.id)).rejects.toMatchObject({ code: 'login.invalid' })
  })

  test('a change of email ends the reset tokens that went to the old one', async () => {
    const user = await auth.registerUser('moved@example.com', 'x')
    const token = await auth.getResetPasswordToken('moved@example.com')
    await db.updateUser(user.id, { email: 'moved-on@example.com' })
    await expect(auth.updatePassword(token, 'new')).rejects.toMatchObject({ code: 'reset.invalid_token' })
  })

  test('sessions and tokens that have ended are forgotten, also those of people who never return', async () => {
    await auth.registerUser('leaver@example.com', 'x')
    const session = (await auth.createSession('leaver@example.com')) ?? ''
    const [id = ''] = session.split('.')
    clock.advance({ days: 1 })
    await auth.registerUser('stayer@example.com', 'x')
    await auth.createSession('stayer@example.com')
    expect(await db.sessions.find(id)).toBeNull()
  })

  test('the use of a session is written down at most once in five minutes', async () => {
    await auth.registerUser('used@example.com', 'x')
    const session = (await auth.createSession('used@example.com')) ?? ''
    const usedAt = async (): Promise<Date | undefined> => (await db.sessions.find(session.split('.')[0] ?? ''))?.usedAt
    const opened = clock.now()
    clock.advance({ minutes: 4 })
    await auth.sessions.find(session)
    expect(await usedAt()).toEqual(opened)
    clock.advance({ minutes: 1 })
    await auth.sessions.find(session)
    expect(await usedAt()).toEqual(clock.now())
  })
})

test('a session counts also when there is no room to write down that it is used', async () => {
  const clock = new TestClock()
  const path = join(temporaryFolder(), 'full.db')
  const db = await DB.open(`sqlite:${path}`, { now: clock.now })
  const auth = new Auth(db, { hasher: new CheapHasher() })
  await auth.registerUser('bob@example.com', 'x')
  const session = await auth.createSession('bob@example.com')
  const blocker = new DatabaseSync(path)
  blocker.exec('begin immediate') // nobody else can write now
  clock.advance({ minutes: 6 })
  expect((await auth.getUserFromSessionId(session))?.email).toBe('bob@example.com')
  blocker.exec('rollback')
  blocker.close()
  await db.close()
})

describe.each(databases)('real hashes on $name', ({ fresh }) => {
  test.each([
    ['classic', BCRYPT_10, /^\$2b\$12\$/],
    ['classic', CHEAPEST_ARGON2ID, /^\$2b\$12\$/],
    ['hardened', BCRYPT_10, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/],
    ['hardened', CHEAPEST_ARGON2ID, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/],
  ] as const)('%s takes a stored hash of kind $name, and renews it at login', async (preset, kind, renewed) => {
    const settings = settingsOf(preset)
    const db = await DB.open(fresh(), { secrets: [SECRET] })
    const auth = new Auth(db, { settings, hasher: new HashingPool(settings.passwords) })
    const { id } = await db.addUser('old@example.com', await hashPassword(PHRASE, kind))
    await db.users.setVerified(id, new Date())
    expect(await auth.validLogin('old@example.com', 'wrong')).toBe(false)
    await expect(auth.login.withPassword('old@example.com', PHRASE)).resolves.toMatchObject({ user: { id } })
    const key = 'old@example.com' as Parameters<DB['passwords']['findLogin']>[0]
    expect((await db.passwords.findLogin(key))?.hash).toMatch(renewed)
    expect(await auth.validLogin('old@example.com', PHRASE)).toBe(true)
    await auth.close()
    await db.close()
  })

  test('two logins at once that both renew a hash both succeed', async () => {
    const db = await DB.open(fresh(), { secrets: [SECRET] })
    const auth = new Auth(db)
    await db.addUser('twice@example.com', await hashPassword('right', BCRYPT_10))
    const logins = [1, 2].map(async () => auth.login.withPassword('twice@example.com', 'right'))
    expect((await Promise.allSettled(logins)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    await auth.close()
    await db.close()
  })

  test('a password too long for bcrypt keeps its argon2id hash in classic, and still counts', async () => {
    const db = await DB.open(fresh(), { secrets: [SECRET] })
    const auth = new Auth(db)
    const long = 'x'.repeat(100)
    await db.addUser('long@example.com', await hashPassword(long, CHEAPEST_ARGON2ID))
    expect(await auth.validLogin('long@example.com', long)).toBe(true)
    expect(await auth.validLogin('long@example.com', 'x'.repeat(99))).toBe(false)
    await expect(auth.registerUser('new@example.com', 'x'.repeat(73))).rejects.toMatchObject({
      code: 'passwords.too_long',
    })
    await auth.close()
    await db.close()
  })

  test('a hash that would fill gigabytes is never computed', async () => {
    const db = await DB.open(fresh(), { secrets: [SECRET] })
    const auth = new Auth(db)
    await db.addUser('bomb@example.com', decoyHash({ name: 'argon2id', memoryKiB: 4_194_304, passes: 3, lanes: 1 }))
    const start = performance.now()
    expect(await auth.validLogin('bomb@example.com', 'x')).toBe(false)
    expect(performance.now() - start).toBeLessThan(3000)
    await auth.close()
    await db.close()
  })
})

test('a script that uses the library ends by itself when it is done', () => {
  const program = join(import.meta.dirname, 'support/registers-and-ends.ts')
  const printed = execFileSync(process.execPath, [program, `sqlite:${join(temporaryFolder(), 'a.db')}`], {
    encoding: 'utf8',
    timeout: 15_000,
  })
  expect(printed).toBe('bob@example.com true\n')
})
