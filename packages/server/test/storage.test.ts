/** The contract's DB, on every database: what it stores, finds and changes, and what nobody may find. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DB } from '../src/db/db.ts'
import type { UserAttributes } from '../src/db/find-user.ts'
import { canonicalEmail } from '../src/email.ts'
import { InvalidRequestError, NoResultFound, ValueError } from '../src/errors.ts'
import type { UserId } from '../src/user.ts'
import { TestClock } from './support/clock.ts'
import { databases, SECRET } from './support/databases.ts'
import { subjectOf } from '../src/crypto/token.ts'
import type { CanonicalEmail } from '../src/email.ts'

describe.each(databases)('the storage on $name', ({ fresh }) => {
  const clock = new TestClock()
  let db: DB

  beforeAll(async () => {
    db = await DB.open(fresh(), { now: clock.now, secrets: [SECRET] })
  })
  afterAll(async () => {
    await db.close()
  })

  test('stores a user, with any text as hash, and shows no secret', async () => {
    const user = await db.addUser('test@test.com', 'SuperHashedPwd')
    expect(user).toEqual({
      id: expect.any(Number) as number,
      email: 'test@test.com',
      emailVerified: false,
      createdAt: clock.now(),
    })
    expect(JSON.stringify(user)).not.toContain('SuperHashedPwd')
  })

  test('refuses an email that is taken, however it is written, and text that is no email', async () => {
    await db.addUser('Taken@Example.com', 'hash')
    await expect(db.addUser('taken@EXAMPLE.com', 'hash')).rejects.toThrow(
      new ValueError('User taken@EXAMPLE.com already exists'),
    )
    await expect(db.addUser('no email', 'hash')).rejects.toThrow(ValueError)
  })

  test('finds a user by each attribute, and by all of them together', async () => {
    const user = await db.addUser('find@example.com', 'hash of find')
    const session = db.keys.make('session', user.id)
    const binding = {
      purpose: 'reset',
      userId: user.id,
      email: 'find@example.com' as CanonicalEmail,
      newEmail: null,
    } as const
    const reset = db.keys.make('reset', subjectOf(binding))
    const expiresAt = new Date(clock.now().getTime() + 60_000)
    await db.sessions.add(user.id, session.stored, { createdAt: clock.now(), idleMs: 60_000, expiresAt })
    await db.tokens.add({ ...binding, ...reset.stored, mailedAt: null }, clock.now(), expiresAt)
    const all = {
      id: user.id,
      email: 'FIND@example.com',
      hashedPassword: 'hash of find',
      sessionId: session.token,
      resetToken: reset.token,
    }
    for (const [name, value] of Object.entries(all)) expect(await db.findUserBy({ [name]: value })).toEqual(user)
    expect(await db.findUserBy(all)).toEqual(user)
    await expect(db.findUserBy({ ...all, hashedPassword: 'hash of another' })).rejects.toThrow(NoResultFound)
    await expect(db.findUserBy({ sessionId: reset.token })).rejects.toThrow(NoResultFound)
    await expect(db.findUserBy({ resetToken: session.token })).rejects.toThrow(NoResultFound)
    await expect(db.findUserBy({ sessionId: session.stored.id })).rejects.toThrow(NoResultFound)
    const guessed = (id: string): string => `${id}.${'A'.repeat(43)}`
    await expect(db.findUserBy({ sessionId: guessed(session.stored.id) })).rejects.toThrow(NoResultFound)
    await expect(db.findUserBy({ resetToken: guessed(reset.stored.id) })).rejects.toThrow(NoResultFound)
    clock.advance({ minutes: 1 })
    await expect(db.findUserBy({ sessionId: session.token })).rejects.toThrow(NoResultFound)
    await expect(db.findUserBy({ resetToken: reset.token })).rejects.toThrow(NoResultFound)
  })

  test.each([
    {},
    { email: '' },
    { email: null },
    { email: undefined },
    { sessionId: '' },
    { resetToken: null },
    { hashedPassword: '' },
    { id: 0 },
    { id: '1' },
    { id: null },
    { resetToken: { $ne: '' } },
    { id: 1, email: '' },
  ])('finds nobody by %j', async (attributes) => {
    await expect(db.findUserBy(attributes as unknown as UserAttributes)).rejects.toThrow(NoResultFound)
  })

  test('refuses to look for an attribute that does not exist', async () => {
    await expect(db.findUserBy({ no_email: 'test@test.com' } as UserAttributes)).rejects.toThrow(InvalidRequestError)
    await expect(db.findUserBy({ __proto__: { x: 1 }, constructor: 'x' } as unknown as UserAttributes)).rejects.toThrow(
      InvalidRequestError,
    )
  })

  test('changes email and hash, all or nothing', async () => {
    const user = await db.addUser('update@example.com', 'hash')
    await db.updateUser(user.id, { hashedPassword: 'NewPwd', email: 'updated@example.com' })
    expect((await db.findUserBy({ hashedPassword: 'NewPwd' })).email).toBe('updated@example.com')
    await db.addUser('other@example.com', 'hash')
    await expect(db.updateUser(user.id, { hashedPassword: 'newer', email: 'other@example.com' })).rejects.toThrow(
      ValueError,
    )
    expect((await db.findUserBy({ hashedPassword: 'NewPwd' })).email).toBe('updated@example.com')
    await expect(db.findUserBy({ hashedPassword: 'newer' })).rejects.toThrow(NoResultFound)
  })

  test('refuses to change what does not exist', async () => {
    const user = await db.addUser('strict@example.com', 'hash')
    await expect(db.updateUser(user.id, { age: 3 } as object)).rejects.toThrow(ValueError)
    await expect(db.updateUser(user.id, { sessionId: 'x' } as object)).rejects.toThrow(ValueError)
    await expect(db.updateUser(user.id, { email: '' })).rejects.toThrow(ValueError)
    await expect(db.updateUser(user.id, { hashedPassword: null } as object)).rejects.toThrow(ValueError)
    await expect(db.updateUser(999_999, { email: 'x@example.com' })).rejects.toThrow(NoResultFound)
  })

  test('never gives the id of someone who is gone to someone else', async () => {
    const last = await db.addUser('last@example.com', 'hash')
    expect(await db.users.remove(last.id)).toBe(true)
    expect((await db.addUser('next@example.com', 'hash')).id).toBeGreaterThan(last.id)
    await expect(db.findUserBy({ id: last.id })).rejects.toThrow(NoResultFound)
  })

  test('does all of a transaction or nothing', async () => {
    await expect(
      db.transaction(async (tx) => {
        await tx.users.add('half@example.com', canonicalEmail('half@example.com') ?? expect.fail(), clock.now())
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    await expect(db.findUserBy({ email: 'half@example.com' })).rejects.toThrow(NoResultFound)
  })

  test('keeps transactions apart: fifty at once that read and then write lose nothing', async () => {
    const user = await db.addUser('counter@example.com', '0')
    const bump = async (): Promise<void> =>
      db.transaction(async (tx) => {
        const hash = await tx.passwords.findHash(user.id)
        await new Promise((resolve) => setImmediate(resolve))
        await tx.passwords.set(user.id, String(Number(hash) + 1), clock.now())
      })
    await Promise.all(Array.from({ length: 50 }, bump))
    expect(await db.findUserBy({ hashedPassword: '50' })).toEqual(user)
  })

  test('lets no query of another request fall into an open transaction', async () => {
    const user = await db.addUser('apart@example.com', 'before')
    const session = db.keys.make('session', user.id)
    await db.sessions.add(user.id, session.stored, {
      createdAt: clock.now(),
      idleMs: 1000,
      expiresAt: new Date(clock.now().getTime() + 1000),
    })
    const { promise: inside, resolve: enter } = Promise.withResolvers<undefined>()
    const { promise: leave, resolve: release } = Promise.withResolvers<undefined>()
    const undone = db.transaction(async (tx) => {
      await tx.sessions.removeAll(user.id)
      enter(undefined)
      await leave
      throw new Error('undo')
    })
    await inside
    const write = db.passwords.set(user.id, 'after', clock.now())
    expect((await db.sessions.find(session.stored.id))?.user.id).toBe(user.id)
    release(undefined)
    await expect(undone).rejects.toThrow('undo')
    await write
    expect((await db.findUserBy({ hashedPassword: 'after' })).id).toBe(user.id satisfies UserId)
  })

  test('spends a token once, also under eight requests at the same moment [ASVS 15.4.2]', async () => {
    const user = await db.addUser('spend@example.com', 'hash')
    const binding = {
      purpose: 'reset',
      userId: user.id,
      email: 'spend@example.com' as CanonicalEmail,
      newEmail: null,
    } as const
    const { stored } = db.keys.make('reset', subjectOf(binding))
    const expiresAt = new Date(clock.now().getTime() + 1000)
    await db.tokens.add({ ...binding, ...stored, mailedAt: null }, clock.now(), expiresAt)
    const spent = await Promise.all(Array.from({ length: 8 }, async () => db.tokens.spend(stored.id)))
    expect(spent.filter(Boolean)).toHaveLength(1)
  })
})
