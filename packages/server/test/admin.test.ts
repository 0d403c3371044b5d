/** Those who look after others' accounts: the operator at the command line, and admins by name. None of them sees or sets a password. */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { User } from '../src/user.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'

const [BOB, ANN] = ['bob@example.com', 'ann@example.com']

describe.each(databases)('on $name', ({ fresh }) => {
  let service: HardenedService
  let bob: User
  let ann: User

  beforeEach(async () => {
    service = await startHardened(fresh())
    const started = service
    onTestFinished(async () => started.close())
    await service.settle(BOB)
    await service.settle(ANN)
    const { users } = service.auth
    bob = (await users.findByEmail(BOB)) ?? expect.fail()
    ann = (await users.findByEmail(ANN)) ?? expect.fail()
  })

  /** What somebody with this session gets to see. */
  const look = async (session: string): Promise<number> => (await service.send('GET', '/profile', { session })).status

  /** Tries to log in. */
  const tryLogIn = async (password = PHRASE): Promise<number> =>
    (await service.send('POST', '/sessions', { form: { email: BOB, password } })).status

  test('a disabled account is out everywhere at once, and comes in no more [ASVS 7.4.2]', async () => {
    const sessions = [await service.logIn(BOB), await service.logIn(BOB)]
    const others = await service.logIn(ANN)
    await service.send('POST', '/reset_password', { form: { email: BOB } })
    const token = await service.tokenFor(BOB, 2)
    await service.auth.admin.disable('operator', bob.id)
    expect(await Promise.all(sessions.map(look))).toEqual([403, 403])
    expect(await look(others)).toBe(200)
    expect(await tryLogIn()).toBe(401)
    expect(await service.auth.createSession(BOB)).toBeNull()
    expect(await service.auth.validLogin(BOB, PHRASE)).toBe(false)
    const completed = { email: BOB, reset_token: token, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/reset_password', { form: completed })).status).toBe(403)
    const letters = service.smtp.letters.length
    await service.send('POST', '/reset_password', { form: { email: BOB } })
    await service.auth.background.send()
    expect(service.smtp.letters).toHaveLength(letters)
  })

  test('an enabled one comes in again with the password it had, and no old session with it', async () => {
    const session = await service.logIn(BOB)
    await service.auth.admin.disable('operator', bob.id)
    await service.auth.admin.enable('operator', bob.id)
    expect(await look(session)).toBe(403)
    expect(await look(await service.logIn(BOB))).toBe(200)
  })

  test('sessions of one person end, or those of everybody, and how many is told [ASVS 7.4.5]', async () => {
    const bobs = [await service.logIn(BOB), await service.logIn(BOB)]
    const anns = await service.logIn(ANN)
    expect(await service.auth.admin.endSessions('operator', bob.id)).toBe(2)
    expect([await look(bobs[0] ?? ''), await look(bobs[1] ?? ''), await look(anns)]).toEqual([403, 403, 200])
    const again = await service.logIn(BOB)
    expect(await service.auth.admin.endAllSessions('operator')).toBe(2)
    expect([await look(again), await look(anns)]).toEqual([403, 403])
  })

  test('a reset that is started for somebody goes to them alone, and changes nothing before they follow it [ASVS 6.4.6]', async () => {
    const session = await service.logIn(BOB)
    await service.auth.admin.startReset('operator', bob.id)
    const token = await service.tokenFor(BOB, 2)
    expect(service.smtp.to(ANN)).toHaveLength(1)
    expect(await look(session)).toBe(200)
    const form = { email: BOB, reset_token: token, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(200)
    expect(await look(session)).toBe(403)
    expect([await tryLogIn(), await tryLogIn(OTHER_PHRASE)]).toEqual([401, 200])
  })

  test('whom the operator invites chooses the password, and nobody else has known it', async () => {
    expect(await service.auth.admin.invite('operator', 'Hal@example.com')).toEqual({ email: 'Hal@example.com' })
    const token = await service.tokenFor('Hal@example.com')
    expect(await service.auth.users.findByEmail('hal@example.com')).toBeNull()
    const form = { email: 'hal@example.com', reset_token: token, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(200)
    expect(await service.auth.users.findByEmail('hal@example.com')).toMatchObject({ emailVerified: true })
    expect(await look(await service.logIn('hal@example.com', OTHER_PHRASE))).toBe(200)
    await expect(service.auth.admin.invite('operator', BOB)).rejects.toMatchObject({ code: 'users.email_taken' })
  })

  test('people who are no admins may do nothing of it, and admins only as long as they are [ASVS 8.2.1]', async () => {
    const { admin } = service.auth
    const tries = async (): Promise<readonly unknown[]> => {
      const deeds = [
        admin.startReset(ann, bob.id),
        admin.endSessions(ann, bob.id),
        admin.invite(ann, 'hal@example.com'),
      ]
      const settled = await Promise.allSettled([...deeds, admin.endAllSessions(ann)])
      return settled.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : 'done'))
    }
    const refused = Array<string>(4).fill('admin.required')
    expect(await tries()).toEqual(refused)
    await admin.setAdmin('operator', ann.id, true)
    expect(await tries()).toEqual(['done', 'done', 'done', 'done'])
    await admin.disable('operator', ann.id)
    expect(await tries()).toEqual(refused)
    await admin.enable('operator', ann.id)
    await admin.setAdmin('operator', ann.id, false)
    expect(await tries()).toEqual(refused)
  })

  test('no admin disables, enables or makes admins: that is for the command line alone', async () => {
    const { admin } = service.auth
    await admin.setAdmin('operator', ann.id, true)
    const actor = ann as unknown as 'operator' // as a program without types may call it
    await expect(admin.disable(actor, bob.id)).rejects.toMatchObject({ code: 'admin.required' })
    await expect(admin.enable(actor, bob.id)).rejects.toMatchObject({ code: 'admin.required' })
    await expect(admin.setAdmin(actor, bob.id, true)).rejects.toMatchObject({ code: 'admin.required' })
    expect(await service.auth.users.findAccountByEmail(BOB)).toMatchObject({ isAdmin: false, disabledAt: null })
  })

  test('an id that nobody has is refused by each', async () => {
    const { admin } = service.auth
    const nobody = (await service.auth.users.remove(bob.id)) ? bob.id : expect.fail()
    const deeds = [
      admin.disable('operator', nobody),
      admin.enable('operator', nobody),
      admin.setAdmin('operator', nobody, true),
      admin.startReset('operator', nobody),
      admin.endSessions('operator', nobody),
    ]
    for (const { status, ...rest } of await Promise.allSettled(deeds))
      expect([status, rest]).toEqual([
        'rejected',
        { reason: expect.objectContaining({ code: 'admin.unknown_user' }) as unknown },
      ])
  })
})
