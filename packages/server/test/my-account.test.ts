/** What people do with their account: change the password, take their data along, leave; and what ends when an operator disables it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DB } from '../src/db/db.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'

describe.each(databases)('my account on $name', ({ fresh }) => {
  let service: HardenedService
  const database = fresh()

  beforeAll(async () => {
    service = await startHardened(database)
  })
  afterAll(async () => {
    await service.close()
  })

  const status = async (session: string) => (await service.send('GET', '/profile', { session })).status
  const logIn = async (email: string, password: string) =>
    service.send('POST', '/sessions', { form: { email, password } })

  test('the password is changed with the current one, the owner hears of it, and other sessions end if wished [ASVS 6.2.2] [ASVS 6.2.3] [ASVS 7.4.3]', async () => {
    const email = 'change@example.com'
    await service.settle(email)
    const [other, mine] = [await service.logIn(email), await service.logIn(email)]
    const change = async (form: Record<string, string>) => service.send('PUT', '/password', { session: mine, form })
    expect((await change({ password: OTHER_PHRASE, new_password: 'amber owls play chess' })).json).toMatchObject({
      status: 403,
      code: 'passwords.wrong',
    })
    expect((await change({ password: PHRASE, new_password: 'short' })).json).toMatchObject({
      code: 'passwords.too_short',
      field: 'new_password',
    })
    expect((await change({ new_password: OTHER_PHRASE })).json).toMatchObject({
      code: 'http.missing_field',
      field: 'password',
    })
    const changed = await change({ password: PHRASE, new_password: OTHER_PHRASE })
    expect(changed).toMatchObject({ status: 200, json: { email, message: 'Password updated' } })
    expect([await status(mine), await status(other)]).toEqual([200, 200])
    await service.auth.background.send()
    expect(service.smtp.to(email).map(({ subject }) => subject)).toContainEqual(
      expect.stringMatching(/password.*changed/i),
    )
    await change({ password: OTHER_PHRASE, new_password: PHRASE, end_others: 'yes' })
    expect([await status(mine), await status(other)]).toEqual([200, 403])
    expect((await logIn(email, OTHER_PHRASE)).status).toBe(401)
  })

  test('the export holds what is stored of me, under a fixed name, and no secret, after a fresh login [ASVS 5.4.1] [ASVS 7.5.3]', async () => {
    const email = 'export@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    const answer = await service.send('GET', '/export?filename=evil.html', { session })
    expect(answer.headers['content-disposition']).toBe('attachment; filename="bienvenue-export.json"')
    expect(answer.json).toMatchObject({
      user: { email, email_verified: true, admin: false },
      password: { set_at: service.clock.now().toISOString() },
      sessions: [{ device: 'a program', place: 'this computer' }],
      devices: [{ created_at: service.clock.now().toISOString() }],
    })
    expect(answer.text).not.toMatch(/\$argon2|hash|mac"|[A-Za-z0-9_-]{43}/)
    service.clock.advance({ minutes: 16 })
    expect((await service.send('GET', '/export', { session })).json).toMatchObject({ code: 'sessions.not_fresh' })
  })

  test('a deleted account is out at once, has seven days and a way back, and then is gone [ASVS 7.4.2]', async () => {
    const email = 'leave@example.com'
    await service.settle(email)
    const [other, mine] = [await service.logIn(email), await service.logIn(email)]
    const left = await service.send('DELETE', '/users/me', { session: mine })
    expect(left).toMatchObject({ status: 200, json: { email, message: 'account will be deleted' } })
    expect(left.headers['clear-site-data']).toBe('"cache", "storage"')
    expect([await status(other), await status(mine)]).toEqual([403, 403])
    expect((await logIn(email, PHRASE)).status).toBe(401)
    const keep = await service.tokenFor(email, 2)
    service.clock.advance({ days: 6, hours: 23 })
    await service.auth.background.tidy()
    await service.auth.deletion.takeBack(keep)
    await service.logIn(email)
    await expect(service.auth.deletion.takeBack(keep)).rejects.toThrow('deletion.invalid_token')

    await service.send('DELETE', '/users/me', { session: await service.logIn(email) })
    await service.auth.background.send()
    service.clock.advance({ days: 7 })
    await service.auth.background.tidy()
    await expect(service.auth.users.findByEmail(email)).resolves.toBeNull()
    await service.settle(email, OTHER_PHRASE)
  })

  test('a session that somebody left open deletes no account', async () => {
    const email = 'left-open@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    service.clock.advance({ minutes: 16 })
    const refused = await service.send('DELETE', '/users/me', { session })
    expect(refused.json).toMatchObject({ code: 'sessions.not_fresh' })
    expect(await status(session)).toBe(200)
  })

  test('who takes an account back at once does not bring its sessions back', async () => {
    const email = 'at-once@example.com'
    await service.settle(email)
    const [other, mine] = [await service.logIn(email), await service.logIn(email)]
    expect((await service.send('DELETE', '/users/me', { session: mine })).status).toBe(200)
    await service.auth.deletion.takeBack(await service.tokenFor(email, 2))
    expect([await status(other), await status(mine)]).toEqual([403, 403])
    await service.logIn(email)
  })

  test('who forgot that the account is to be deleted gets the way back by asking for a reset', async () => {
    const email = 'forgetful@example.com'
    await service.settle(email)
    await service.send('DELETE', '/users/me', { session: await service.logIn(email) })
    await service.tokenFor(email, 2)
    service.clock.advance({ minutes: 6 })
    expect((await service.send('POST', '/reset_password', { form: { email } })).json).toEqual({ email })
    await service.auth.deletion.takeBack(await service.tokenFor(email, 3))
    await service.logIn(email)
  })

  test('a disabled account is out with its next request, and in again when it is enabled, but its sessions are not [ASVS 8.3.2]', async () => {
    const email = 'disabled@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    const { id } = (await service.auth.users.findByEmail(email))!
    await service.send('POST', '/reset_password', { form: { email } })
    const token = await service.tokenFor(email, 2)
    await service.auth.admin.disable('operator', id)
    expect(await status(session)).toBe(403)
    expect((await logIn(email, PHRASE)).status).toBe(401)
    const form = { email, reset_token: token, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(403)
    await expect(service.auth.createSession(email)).resolves.toBeNull()
    await expect(service.auth.getResetPasswordToken(email)).rejects.toThrow()
    await service.auth.admin.enable('operator', id)
    expect(await status(session)).toBe(403)
    await service.logIn(email)
  })

  test('admins end sessions and start resets, others do not, and nobody becomes one by asking [ASVS 7.4.5] [ASVS 6.4.6] [ASVS 8.2.1]', async () => {
    for (const email of ['root@example.com', 'user@example.com', 'eve@example.com']) await service.settle(email)
    const [root, user, eve] = await Promise.all(
      ['root@example.com', 'user@example.com', 'eve@example.com'].map(
        async (email) => (await service.auth.users.findByEmail(email))!,
      ),
    )
    const session = await service.logIn('user@example.com')
    await expect(service.auth.admin.endSessions(eve!, user!.id)).rejects.toThrow('admin.required')
    await expect(service.auth.admin.setAdmin(eve as unknown as 'operator', eve!.id, true)).rejects.toThrow(
      'admin.required',
    )
    await service.auth.admin.setAdmin('operator', root!.id, true)
    expect(await service.auth.admin.endSessions(root!, user!.id)).toBe(1)
    expect(await status(session)).toBe(403)
    await service.auth.admin.startReset(root!, user!.id)
    await service.tokenFor('user@example.com', 2)
    await service.auth.admin.setAdmin('operator', root!.id, false)
    await expect(service.auth.admin.endAllSessions(root!)).rejects.toThrow('admin.required')
    const mine = await service.logIn('user@example.com')
    await service.auth.admin.endAllSessions('operator')
    expect(await status(mine)).toBe(403)
  })

  test('an invited person chooses a password by the link, and only then is there an account [ASVS 6.4.1]', async () => {
    const email = 'invited@example.com'
    await service.auth.admin.invite('operator', email)
    const token = await service.tokenFor(email)
    await expect(service.auth.users.findByEmail(email)).resolves.toBeNull()
    const form = { email, reset_token: token, new_password: PHRASE }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(200)
    await service.logIn(email)
    await expect(service.auth.admin.invite('operator', email)).rejects.toThrow('already exists')
  })

  test('a password that came along and would be refused is changed before anything else', async () => {
    const email = 'weak@example.com'
    await service.settle(email)
    const before = await service.logIn(email)
    const { id } = (await service.auth.users.findByEmail(email))!
    const db = await DB.open(database, { secrets: ['x'.repeat(32)] })
    await db.passwords.set(id, await service.hasher.hash('b4l0u', { name: 'bcrypt', cost: 12 }), service.clock.now())
    await db.close()
    const post = async (form: Record<string, string>) => service.send('POST', '/sessions', { form: { email, ...form } })
    const asked = await post({ password: 'b4l0u' })
    expect(asked.json).toMatchObject({ status: 403, code: 'login.password_change_required', field: 'new_password' })
    expect(asked.headers['set-cookie']).toBeUndefined()
    expect((await post({ password: 'wrong', new_password: OTHER_PHRASE })).status).toBe(401)
    expect((await post({ password: 'b4l0u', new_password: 'b4l0u' })).json).toMatchObject({
      code: 'passwords.too_short',
    })
    expect(await status(before)).toBe(200)
    expect((await post({ password: 'b4l0u', new_password: OTHER_PHRASE })).status).toBe(200)
    expect(await status(before)).toBe(403) // it was as strong as the old password
    expect((await post({ password: 'b4l0u' })).status).toBe(401)
    expect((await post({ password: OTHER_PHRASE })).status).toBe(200)
    await service.smtp.waitFor(2, email)
  })
})
