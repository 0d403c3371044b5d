/** A house that has been lived in: a database on which everything was done through a running service, and ways to look at all that is in one. */
import { expect } from 'vitest'
import { makeSecret } from '../../src/crypto/token.ts'
import { DB } from '../../src/db/db.ts'
import { openEngine } from '../../src/db/open.ts'
import type { Schema } from '../../src/db/schema.ts'
import { TestClock } from './clock.ts'
import { OTHER_PHRASE, startHardened } from './hardened.ts'
import type { HardenedService } from './hardened.ts'
import { startSmtp } from './smtp.ts'

/** The secret of the service that people live with. */
export const HOUSE_SECRET = makeSecret()
/** Somebody who lives there. */
export const ANN = 'ann@example.com'
/** Somebody whose letter has not left. */
export const BEN = 'ben@example.com'

/** What people hold in their hands when the house is moved. */
export interface Held {
  readonly clock: TestClock
  /** Ann's session, and the token of a reset that was mailed to her. */
  readonly session: string
  readonly reset: string
  /** The greatest id that was ever given to somebody, who is gone. */
  readonly greatestId: number
}

/** Starts the service on a database, in hardened, with its secret. The test closes it. */
export async function liveIn(url: string, clock: TestClock): Promise<HardenedService> {
  return startHardened(url, { service: { secret: HOUSE_SECRET } }, { now: clock.now })
}

/** Does everything to a database that people do, and leaves it with rows in every table. Nothing runs on it any more. */
export async function fillHouse(url: string): Promise<Held> {
  const clock = new TestClock()
  const smtp = await startSmtp()
  const service = await startHardened(url, { service: { secret: HOUSE_SECRET } }, { now: clock.now }, smtp)
  await service.settle('first@example.com')
  await service.auth.background.seal()
  clock.advance({ days: 400 })
  await service.auth.background.tidy() // older entries of the audit go: from here on there is a checkpoint
  for (const email of [ANN, BEN, 'gone@example.com']) await service.settle(email)
  const gone = await service.auth.users.findAccountByEmail('gone@example.com')
  if (gone !== null) await service.auth.users.remove(gone.user.id)
  const session = await service.logIn(ANN)
  await service.send('POST', '/users', { form: { email: 'waits@example.com', password: OTHER_PHRASE } })
  await service.send('POST', '/sessions', { form: { email: BEN, password: 'wrong, wrong and wrong again' } })
  await service.send('POST', '/reset_password', { form: { email: ANN } })
  const reset = await service.tokenFor(ANN, 2)
  await smtp.close()
  await service.send('POST', '/reset_password', { form: { email: BEN } })
  await service.auth.background.send()
  await service.auth.background.seal()
  await service.close()
  const db = await DB.open(url, { secrets: [HOUSE_SECRET] })
  const html = '<p>é 🏠 \ufffd</p>' // the last sign is what broken text is read as; here it is meant
  await db.claims.take('clean-up', 'a service that died', clock.now(), 90_000)
  await db.inbox.add({ to: ANN, subject: 'A “letter”\t', text: 'line\r\n\\N \\.\n', html, sentAt: clock.now() })
  await db.close()
  return { clock, session, reset, greatestId: gone?.user.id ?? 0 }
}

/** Every row of every table, in an order that depends on the rows alone. */
export async function everythingIn(url: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { engine } = await openEngine(url, { secrets: [HOUSE_SECRET] })
  try {
    const all: Record<string, readonly string[]> = {}
    for (const { name } of await engine.kysely.introspection.getTables()) {
      const rows = await engine.kysely
        .selectFrom(name as keyof Schema)
        .selectAll()
        .execute()
      all[name] = rows.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted()
    }
    return all
  } finally {
    await engine.close()
  }
}

/** Expects that people who lived in one house go on living in another as if nothing had happened. */
export async function expectHome(url: string, { clock, session, reset, greatestId }: Held): Promise<void> {
  const service = await liveIn(url, clock)
  try {
    expect((await service.send('GET', '/profile', { session })).json).toEqual({ email: ANN })
    expect(await service.auth.audit.verify()).toMatchObject({ finding: null, waiting: 0 })
    const form = { email: ANN, reset_token: reset, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(200)
    clock.advance({ minutes: 5 }) // until the letter that could not leave is tried again
    expect(await service.tokenFor(BEN)).not.toBe('')
    await service.settle('new@example.com')
    const fresh = await service.auth.users.findAccountByEmail('new@example.com')
    expect(fresh?.user.id).toBe(greatestId + 1)
    await service.auth.background.seal()
    expect(await service.auth.audit.verify()).toMatchObject({ finding: null })
  } finally {
    await service.close()
  }
}
