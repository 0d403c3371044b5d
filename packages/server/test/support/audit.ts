/** An audit as a test needs it: Auth over a database of its own, entries in it, and the hand of somebody who can write to the database. */
import { afterEach } from 'vitest'
import { Auth } from '../../src/auth/auth.ts'
import type { Act } from '../../src/auth/audit.ts'
import type { AuditEvent } from '../../src/auth/audit-events.ts'
import type { AuthLog } from '../../src/auth/deps.ts'
import type { Verdict, VerifyOptions } from '../../src/auth/audit-verification.ts'
import { makeSecret } from '../../src/crypto/token.ts'
import { DB } from '../../src/db/db.ts'
import type { Engine } from '../../src/db/engine.ts'
import { openEngine } from '../../src/db/open.ts'
import { settingsOf } from '../../src/settings-list.ts'
import { CheapHasher } from './cheap-hasher.ts'
import { TestClock } from './clock.ts'

/** Auth with its clock and its log. Nothing goes on in its background. */
export interface OpenAudit {
  readonly auth: Auth
  readonly clock: TestClock
  /** Facts and words of each line. */
  readonly logged: (readonly [facts: object, words: string])[]
  note(event: AuditEvent, act?: Act): Promise<void>
  /** Notes so many refused logins, each a second after the one before. */
  noteMany(count: number): Promise<void>
  verify(options?: VerifyOptions): Promise<Verdict>
  close(): Promise<void>
}

/** How an audit is opened. */
export interface AuditOptions {
  /** The secrets, as in BIENVENUE_SECRET. */
  readonly secret?: string
  readonly clock?: TestClock
  readonly days?: number
}

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** Opens Auth on a database, until the test has finished. */
export async function openAudit(
  url: string,
  { secret = makeSecret(), clock = new TestClock(), days = 365 }: AuditOptions = {},
): Promise<OpenAudit> {
  const logged: (readonly [facts: object, words: string])[] = []
  const say = (facts: object, words: string): number => logged.push([facts, words])
  const log: AuthLog = { info: say, warn: say, error: say }
  const db = await DB.open(url, { secrets: secret.split(','), now: clock.now })
  const settings = settingsOf('classic', { audit: { days } })
  const auth = new Auth(db, { settings, hasher: new CheapHasher(), now: clock.now, log })
  const state = { isOpen: true }
  const close = async (): Promise<void> => {
    if (!state.isOpen) return
    state.isOpen = false
    await auth.close()
    await db.close()
  }
  open.push(close)
  const note: OpenAudit['note'] = async (event, act) => auth.audit.note(db, event, act)
  return {
    auth,
    clock,
    logged,
    note,
    noteMany: async (count) => {
      for (let index = 1; index <= count; index++) {
        clock.advance({ seconds: 1 })
        await note('login.failed', { method: 'password', facts: { number: index } })
      }
    },
    verify: async (options) => auth.audit.verify(options),
    close,
  }
}

/** Does something by hand to a database, over a connection of its own: without any key. */
export async function tamper<T>(url: string, deed: (kysely: Engine['kysely']) => Promise<T>): Promise<T> {
  const { engine } = openEngine(url, [])
  try {
    return await deed(engine.kysely)
  } finally {
    await engine.close()
  }
}
