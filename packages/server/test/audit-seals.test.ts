/** The chain over the audit, attacked by somebody who can write to the database and has no key: what was done shows, and at which entry. */
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FindingKind } from '../src/auth/audit-findings.ts'
import { KeyRing, makeSecret } from '../src/crypto/token.ts'
import type { Engine } from '../src/db/engine.ts'
import { isPostgres } from '../src/database-address.ts'
import type { UserId } from '../src/user.ts'
import { openAudit, tamper } from './support/audit.ts'
import type { OpenAudit } from './support/audit.ts'
import { TestClock } from './support/clock.ts'
import { databases } from './support/databases.ts'
import { noteStatements } from './support/statements.ts'

type Kysely = Engine['kysely']

/** Three moves by which the fourth and the sixth change places, as no two may have one number meanwhile. */
const CHANGING_PLACES = [
  [4, 400],
  [6, 4],
  [400, 6],
] as const

describe.each(databases)('the chain of the audit on $name', ({ fresh }) => {
  /** An audit with ten entries that are sealed. */
  async function sealed(
    count = 10,
    days = 365,
  ): Promise<{ readonly url: string; readonly secret: string } & OpenAudit> {
    const [url, secret] = [fresh(), makeSecret()]
    const audit = await openAudit(url, { secret, days })
    await audit.noteMany(count)
    await audit.auth.seals.seal()
    return { url, secret, ...audit }
  }

  /** What is found first. */
  async function found(
    audit: OpenAudit,
  ): Promise<readonly [kind: FindingKind | undefined, id: number | null | undefined]> {
    const { finding } = await audit.verify()
    return [finding?.kind, finding?.id]
  }

  /** The head as it was logged last. */
  const headOf = ({ logged }: OpenAudit) =>
    logged.findLast(([, words]) => words === 'audit head')![0] as { count: number; hash: string }

  test('is right after all that was noted, and says how many, from when to when, and its head', async () => {
    const audit = await sealed()
    const verdict = await audit.verify()
    expect(verdict).toMatchObject({ entries: 10, waiting: 0, finding: null, checkpoint: null })
    expect([verdict.from, verdict.to].map((at) => at?.toISOString())).toEqual([
      '2026-03-01T12:00:01.000Z',
      '2026-03-01T12:00:10.000Z',
    ])
    expect(verdict.head).toEqual(headOf(audit))
    await audit.noteMany(2)
    expect(await audit.verify()).toMatchObject({ entries: 10, waiting: 2, finding: null })
    await audit.auth.seals.seal()
    expect(await audit.verify({ head: headOf(audit) })).toMatchObject({ entries: 12, waiting: 0, finding: null })
  })

  test('of an empty audit is right too', async () => {
    expect(await (await openAudit(fresh())).verify()).toMatchObject({ entries: 0, head: null, finding: null })
  })

  const values: readonly (readonly [column: string, value: string | number | null])[] = [
    ['uid', '00000000-0000-4000-8000-000000000000'],
    ['at', 1_772_366_400_000],
    ['at', 'never'],
    ['event', 'login.succeeded'],
    ['user_id', 7],
    ['subject', 'x'],
    ['source', '203.0.113.9'],
    ['device', 'Firefox on Windows'],
    ['agent', 'x'],
    ['request_id', 'x'],
    ['session_id', 'x'],
    ['method', null],
    ['times', 2],
    ['facts', '{"number":99}'],
    ['facts', '{"number": 5}'],
    ['facts', 'null'],
    ['facts', 'no JSON'],
    ['mac', 'x'],
    ['id', 4000],
  ]
  test.each(values)('shows an entry whose %s was changed to %j [ASVS 16.4.2]', async (column, value) => {
    const audit = await sealed()
    const deed = async (db: Kysely): Promise<unknown> =>
      sql`update audit set ${sql.ref(column)} = ${value} where id = 5`.execute(db)
    if (value === 'never' && isPostgres(audit.url)) {
      await expect(tamper(audit.url, deed)).rejects.toThrow('bigint') // a column of numbers takes no words there
      return
    }
    await tamper(audit.url, deed)
    expect(await found(audit)).toEqual([column === 'id' ? 'removed' : 'changed', 5])
    const { finding, entries, head } = await audit.verify()
    expect([finding?.seq, entries, head]).toEqual([5, 4, null])
  })

  /** A hand at work, and what is to be found. */
  type Attack = readonly [
    what: string,
    deed: (db: Kysely) => Promise<unknown>,
    finding: readonly [FindingKind, number | null],
  ]

  /** A copy of entry 3 with other values. */
  const copyOf3 = async (db: Kysely, changes: object) => {
    const row = await db.selectFrom('audit').selectAll().where('id', '=', 3).executeTakeFirstOrThrow()
    return db
      .insertInto('audit')
      .values({ ...row, id: 11, ...changes })
      .execute()
  }
  const attacks: readonly Attack[] = [
    ['an entry that was removed', async (db) => db.deleteFrom('audit').where('id', '=', 5).execute(), ['removed', 5]],
    [
      'an entry that was removed with its seal',
      async (db) => {
        await db.deleteFrom('audit').where('id', '=', 5).execute()
        await db.deleteFrom('seals').where('audit_id', '=', 5).execute()
      },
      ['removed', null],
    ],
    [
      'the first entry, removed with its seal',
      async (db) => {
        await db.deleteFrom('audit').where('id', '=', 1).execute()
        await db.deleteFrom('seals').where('seq', '=', 1).execute()
      },
      ['checkpoint', null],
    ],
    ['an entry put in, with the keyed hash of another', async (db) => copyOf3(db, { uid: 'new' }), ['put_in', 11]],
    [
      'an entry put in, with a keyed hash of its own',
      async (db) => copyOf3(db, { uid: 'new', mac: 'a'.repeat(43) }),
      ['put_in', 11],
    ],
    ...[0, -1].map((seq): Attack => [
      `an entry put in, with a seal of the number ${seq}`,
      async (db) => {
        await copyOf3(db, { uid: 'new' })
        const seal = await db.selectFrom('seals').selectAll().where('seq', '=', 3).executeTakeFirstOrThrow()
        await db
          .insertInto('seals')
          .values({ ...seal, seq, audit_id: 11 })
          .execute()
      },
      ['put_in', 11],
    ]),
    ...[0, -1].map((id): Attack => [
      `an entry put in, with the id ${id}`,
      async (db) => copyOf3(db, { uid: 'new', id }),
      ['put_in', id],
    ]),
    [
      'an entry put in where another was',
      async (db) => {
        await db.deleteFrom('audit').where('id', '=', 5).execute()
        await copyOf3(db, { uid: 'new', id: 5 })
      },
      ['changed', 5],
    ],
    [
      'a genuine entry in the place of another',
      async (db) => {
        const row = await db.selectFrom('audit').selectAll().where('id', '=', 3).executeTakeFirstOrThrow()
        await db.deleteFrom('audit').where('id', 'in', [3, 5]).execute()
        await db
          .insertInto('audit')
          .values({ ...row, id: 5 })
          .execute()
      },
      ['removed', 3],
    ],
    [
      'two entries that changed places',
      async (db) => {
        for (const [from, to] of CHANGING_PLACES)
          await db.updateTable('audit').set({ id: to }).where('id', '=', from).execute()
      },
      ['changed', 4],
    ],
    [
      'two entries that changed their ids, in their seals too',
      async (db) => {
        for (const [from, to] of CHANGING_PLACES) {
          await db.updateTable('audit').set({ id: to }).where('id', '=', from).execute()
          await db.updateTable('seals').set({ audit_id: to }).where('audit_id', '=', from).execute()
        }
      },
      ['changed', 6],
    ],
    [
      'two seals that changed places',
      async (db) => {
        for (const [from, to] of CHANGING_PLACES)
          await db.updateTable('seals').set({ seq: to }).where('seq', '=', from).execute()
      },
      ['changed', 6],
    ],
    [
      'a seal that was changed',
      async (db) =>
        db
          .updateTable('seals')
          .set({ mac: 'a'.repeat(43) })
          .where('seq', '=', 5)
          .execute(),
      ['changed', 5],
    ],
    [
      'the time of a seal',
      async (db) => db.updateTable('seals').set({ sealed_at: 1 }).where('seq', '=', 5).execute(),
      ['changed', 5],
    ],
    [
      'a seal that names another entry',
      async (db) => {
        await copyOf3(db, { uid: 'new' })
        await db.updateTable('seals').set({ audit_id: 11 }).where('seq', '=', 3).execute()
      },
      ['changed', 11],
    ],
    [
      'a checkpoint that was forged',
      async (db) => {
        const { mac, key_id } = await db.selectFrom('seals').selectAll().where('seq', '=', 4).executeTakeFirstOrThrow()
        await db.insertInto('checkpoints').values({ seq: 4, chain: mac, at: 1, mac, key_id }).execute()
        await db.deleteFrom('audit').where('id', '<=', 4).execute()
        await db.deleteFrom('seals').where('seq', '<=', 4).execute()
      },
      ['checkpoint', null],
    ],
  ]
  test.each(attacks)('shows %s [ASVS 16.4.2]', async (_what, deed, finding) => {
    const audit = await sealed()
    await tamper(audit.url, deed)
    expect(await found(audit)).toEqual(finding)
    await audit.auth.seals.seal() // what goes on afterwards hides nothing
    await audit.noteMany(3)
    await audit.auth.seals.seal()
    expect(await found(audit)).toEqual(finding)
  })

  test('names the first of several', async () => {
    const audit = await sealed()
    await tamper(audit.url, async (db) => {
      await copyOf3(db, { uid: 'new' })
      await db.updateTable('audit').set({ times: 9 }).where('id', 'in', [6, 8]).execute()
    })
    expect(await found(audit)).toEqual(['changed', 6])
    await tamper(audit.url, async (db) => db.deleteFrom('seals').where('seq', '>=', 4).execute())
    audit.clock.advance({ minutes: 2 })
    expect(await found(audit)).toEqual(['unsealed', 4])
  })

  test('with its tail cut off is shown by the head that was kept, and by it alone [ASVS 16.4.2]', async () => {
    const audit = await sealed()
    const head = headOf(audit)
    await tamper(audit.url, async (db) => {
      await db.deleteFrom('audit').where('id', '>', 7).execute()
      await db.deleteFrom('seals').where('seq', '>', 7).execute()
    })
    expect((await audit.verify()).finding).toBeNull()
    expect((await audit.verify({ head })).finding).toMatchObject({ kind: 'cut', seq: 8 })
    await audit.noteMany(5)
    await audit.auth.seals.seal()
    expect((await audit.verify()).finding).toBeNull()
    expect((await audit.verify({ head })).finding).toMatchObject({ kind: 'head_differs', seq: 10 })
  })

  test('shows a part of what was cut off, put in again among what came after', async () => {
    const audit = await sealed()
    const ofOld8 = async (db: Kysely) => ({
      entry: await db.selectFrom('audit').selectAll().where('id', '=', 8).executeTakeFirstOrThrow(),
      seal: await db.selectFrom('seals').selectAll().where('seq', '=', 8).executeTakeFirstOrThrow(),
    })
    const old = await tamper(audit.url, async (db) => {
      const kept = await ofOld8(db)
      await db.deleteFrom('audit').where('id', '>', 5).execute()
      await db.deleteFrom('seals').where('seq', '>', 5).execute()
      return kept
    })
    await audit.noteMany(5) // get the ids 11 to 15, and the numbers 6 to 10
    await audit.auth.seals.seal()
    await tamper(audit.url, async (db) => {
      await db.deleteFrom('audit').where('id', '=', 13).execute()
      await db.deleteFrom('seals').where('seq', '=', 8).execute()
      await db.insertInto('audit').values(old.entry).execute()
      await db.insertInto('seals').values(old.seal).execute()
    })
    expect(await found(audit)).toEqual(['changed', 8])
  })

  test('written anew as a whole is shown by the head that was kept', async () => {
    const audit = await sealed()
    const head = headOf(audit)
    await tamper(audit.url, async (db) => db.deleteFrom('seals').execute())
    audit.clock.advance({ seconds: 30 })
    await audit.auth.seals.seal()
    expect((await audit.verify()).finding).toBeNull()
    expect((await audit.verify({ head })).finding).toMatchObject({ kind: 'head_differs', seq: 10 })
  })

  test('never takes in what was put in, and says so once in the log', async () => {
    const audit = await sealed()
    await tamper(audit.url, async (db) => copyOf3(db, { uid: 'new' }))
    for (let look = 0; look < 3; look++) {
      await audit.noteMany(1)
      await audit.auth.seals.seal()
    }
    expect(
      await tamper(audit.url, async (db) =>
        db.selectFrom('seals').select('audit_id').where('audit_id', '=', 11).execute(),
      ),
    ).toEqual([])
    expect(audit.logged.filter(([, words]) => words.includes('bienvenue audit verify'))).toHaveLength(1)
  })

  test('goes on under a new key, and the old one stays good for verifying', async () => {
    const audit = await sealed()
    await audit.close()
    const fresher = makeSecret()
    const rotated = await openAudit(audit.url, { secret: `${fresher},${audit.secret}`, clock: audit.clock })
    await rotated.noteMany(5)
    await rotated.auth.seals.seal()
    expect(await rotated.verify()).toMatchObject({ entries: 15, finding: null })
    await rotated.close()

    const without = await openAudit(audit.url, { secret: fresher, clock: audit.clock })
    const [keyId] = new KeyRing([audit.secret]).keyIds
    expect((await without.verify()).finding).toMatchObject({ kind: 'key_missing', id: 1, keyId })
    const other = await openAudit(audit.url, { secret: audit.secret, clock: audit.clock })
    const { entries, finding } = await other.verify()
    expect([entries, finding?.kind, finding?.id]).toEqual([10, 'key_missing', 11])
  })

  test('shows who leaves entries unsealed for more than a minute', async () => {
    const audit = await sealed()
    await audit.noteMany(1)
    audit.clock.advance({ seconds: 60 })
    expect((await audit.verify()).finding).toBeNull()
    audit.clock.advance({ seconds: 1 })
    expect(await found(audit)).toEqual(['unsealed', 11])
  })

  test('of more entries than are looked at in one go holds them all, in their order', async () => {
    const audit = await sealed(1234)
    expect(await audit.verify()).toMatchObject({ entries: 1234, finding: null, waiting: 0 })
    const seals = await tamper(audit.url, async (db) =>
      db.selectFrom('seals').select(['seq', 'audit_id']).orderBy('seq').execute(),
    )
    expect(seals.every(({ seq, audit_id }, index) => seq === index + 1 && audit_id === index + 1)).toBe(true)
  })

  test('takes in an entry that became visible late, with a lower id', async () => {
    const audit = await sealed()
    const move = async (from: number, to: number) =>
      tamper(audit.url, async (db) => db.updateTable('audit').set({ id: to }).where('id', '=', from).execute())
    await audit.noteMany(1)
    await move(11, -1) // as one that is not visible yet
    await audit.noteMany(1)
    await audit.auth.seals.seal()
    await move(-1, 11)
    await audit.auth.seals.seal()
    expect(await audit.verify()).toMatchObject({ entries: 12, finding: null, waiting: 0 })
  })

  test('made by two services at once holds each entry once', async () => {
    const [url, secret, ahead] = [fresh(), makeSecret(), new TestClock()]
    ahead.advance({ minutes: 7 }) // so that the two never make the same seal
    const services = [await openAudit(url, { secret }), await openAudit(url, { secret, clock: ahead })]
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        services.map(async (service) => {
          await service.noteMany(3)
          await service.auth.seals.seal()
        }),
      )
      await Promise.all(services.map(async ({ auth }) => auth.seals.seal({ isLast: true })))
    }
    for (const { auth } of services) await auth.seals.seal({ isLast: true })
    expect(await services[0]!.verify()).toMatchObject({ entries: 120, finding: null, waiting: 0 })
    const heads = services.flatMap(({ logged }) => logged)
    for (const [facts, words] of heads) {
      expect(words).toBe('audit head')
      expect((await services[0]!.verify({ head: facts as { count: number; hash: string } })).finding).toBeNull()
    }
  })

  test('says its head in the log once a minute, and at the end what is new [ASVS 16.4.3]', async () => {
    const audit = await sealed()
    const heads = () =>
      audit.logged.filter(([, words]) => words === 'audit head').map(([facts]) => (facts as { count: number }).count)
    expect(heads()).toEqual([10])
    await audit.noteMany(5)
    await audit.auth.seals.seal()
    expect(heads()).toEqual([10])
    audit.clock.advance({ minutes: 1 })
    await audit.auth.seals.seal() // nothing new, and still it is said
    expect(heads()).toEqual([10, 15])
    audit.clock.advance({ minutes: 5 })
    await audit.auth.seals.seal()
    expect(heads()).toEqual([10, 15])
    await audit.noteMany(1)
    await audit.auth.seals.seal()
    await audit.noteMany(1)
    await audit.auth.seals.seal({ isLast: true })
    expect(heads()).toEqual([10, 15, 16, 17])
    expect(headOf(audit)).toMatchObject({
      hash: expect.stringMatching(/^[\w-]{43}$/) as string,
      at: expect.any(Date) as Date,
    })
  })

  describe('after a time', () => {
    const tidy = async ({ auth }: OpenAudit) => auth.background.tidy()

    /** An audit that was let go of up to its tenth entry; five are left. */
    async function partlyLetGo(): ReturnType<typeof sealed> {
      const audit = await sealed(10, 30)
      audit.clock.advance({ days: 20 })
      await audit.noteMany(5)
      await audit.auth.seals.seal()
      audit.clock.advance({ days: 11 })
      await tidy(audit)
      return audit
    }

    test('lets go of what is too old, and what is left can be verified [ASVS 14.2.7]', async () => {
      const audit = await sealed(250, 30)
      const old = headOf(audit)
      audit.clock.advance({ days: 20 })
      await audit.noteMany(50)
      await audit.auth.seals.seal()
      await tidy(audit)
      expect(await audit.verify()).toMatchObject({ entries: 300, checkpoint: null, finding: null })
      const kept = headOf(audit)
      audit.clock.advance({ days: 11 })
      await tidy(audit)
      expect(await audit.verify({ head: kept })).toMatchObject({ entries: 50, checkpoint: { seq: 250 }, finding: null })
      expect((await audit.verify({ head: old })).finding).toBeNull() // it is the checkpoint's own
      expect((await audit.verify({ head: { ...old, count: 249 } })).finding).toMatchObject({
        kind: 'head_too_old',
        seq: 251,
      })
      expect((await audit.verify({ head: { ...kept, count: 250 } })).finding).toMatchObject({
        kind: 'head_differs',
        seq: 250,
      })
      await audit.noteMany(5)
      await audit.auth.seals.seal()
      expect(await audit.verify({ head: kept })).toMatchObject({ entries: 55, finding: null })
      expect(await tamper(audit.url, async (db) => db.selectFrom('checkpoints').select('seq').execute())).toEqual([
        { seq: 250 },
      ])
    })

    test('goes on where all was let go', async () => {
      const audit = await sealed(10, 30)
      audit.clock.advance({ days: 31 })
      await tidy(audit)
      expect(await audit.verify({ head: headOf(audit) })).toMatchObject({
        entries: 0,
        checkpoint: { seq: 10 },
        finding: null,
      })
      await audit.noteMany(3)
      await audit.auth.seals.seal()
      expect(await audit.verify()).toMatchObject({ entries: 3, head: { count: 13 }, finding: null })
    })

    test('shows a checkpoint that was removed or changed', async () => {
      const audit = await partlyLetGo()
      await tamper(audit.url, async (db) => db.updateTable('checkpoints').set({ at: 1 }).execute())
      expect((await audit.verify()).finding).toMatchObject({ kind: 'checkpoint', seq: 10 })
      await tamper(audit.url, async (db) => db.deleteFrom('checkpoints').execute())
      expect((await audit.verify()).finding).toMatchObject({ kind: 'checkpoint', seq: 1 })
    })

    test('shows an entry put in with a seal below the checkpoint, and never lets go of it', async () => {
      const audit = await partlyLetGo()
      await tamper(audit.url, async (db) => {
        const entry = await db.selectFrom('audit').selectAll().where('id', '=', 12).executeTakeFirstOrThrow()
        const seal = await db.selectFrom('seals').selectAll().where('seq', '=', 12).executeTakeFirstOrThrow()
        await db
          .insertInto('audit')
          .values({ ...entry, id: 99, uid: 'new' })
          .execute()
        await db
          .insertInto('seals')
          .values({ ...seal, seq: 7, audit_id: 99 })
          .execute()
      })
      expect((await audit.verify()).finding).toMatchObject({ kind: 'put_in', id: 99, seq: 7 })
      audit.clock.advance({ days: 20 })
      await tidy(audit)
      expect((await audit.verify()).finding).toMatchObject({ kind: 'put_in', id: 99, seq: 7 })
      expect(await tamper(audit.url, async (db) => db.selectFrom('seals').select('seq').execute())).toEqual([
        { seq: 7 },
      ])
    })

    const older: readonly (readonly [what: string, deed: (db: Kysely) => Promise<unknown>])[] = [
      ['entries', async (db) => db.updateTable('audit').set({ at: 1 }).execute()],
      ['seals', async (db) => db.updateTable('seals').set({ sealed_at: 1 }).execute()],
      [
        'both',
        async (db) => {
          await db.updateTable('audit').set({ at: 1 }).execute()
          await db.updateTable('seals').set({ sealed_at: 1 }).execute()
        },
      ],
    ]
    test.each(older)('lets go of nothing that a hand has made older: %s', async (_what, deed) => {
      const audit = await sealed()
      await tamper(audit.url, deed)
      await tidy(audit)
      expect(await tamper(audit.url, async (db) => db.selectFrom('audit').select('id').execute())).toHaveLength(10)
      expect((await audit.verify()).finding).toMatchObject({ kind: 'changed', id: 1 })
    })

    test('lets go of what was tampered with too, and of what an old key had sealed', async () => {
      const audit = await sealed(10, 30)
      await tamper(audit.url, async (db) =>
        db.updateTable('seals').set({ mac: 'x' }).where('seq', 'in', [8, 9]).execute(),
      )
      await audit.close()
      const next = await openAudit(audit.url, { clock: audit.clock, days: 30 })
      await next.noteMany(5)
      await next.auth.seals.seal()
      next.clock.advance({ days: 31 })
      await next.noteMany(2)
      await next.auth.seals.seal()
      await next.auth.background.tidy()
      expect(await next.verify()).toMatchObject({ entries: 2, checkpoint: { seq: 15 }, finding: null })
    })

    test('looks once at what an old key had sealed, and goes on from there', async () => {
      const old = await sealed(600, 30)
      await old.close()
      old.clock.advance({ days: 20 })
      const audit = await openAudit(old.url, { clock: old.clock, days: 30 })
      await audit.noteMany(5)
      await audit.auth.seals.seal()
      audit.clock.advance({ days: 11 })
      const looks: string[] = []
      onTestFinished(
        noteStatements(old.url, (statement) => {
          if (statement.includes('from "seals" left join "audit"')) looks.push(statement)
        }),
      )
      await tidy(audit)
      expect(looks.splice(0)).toHaveLength(2) // pages
      await tidy(audit)
      expect(looks).toHaveLength(1)
      audit.clock.advance({ days: 20 })
      await tidy(audit)
      expect(await audit.verify()).toMatchObject({ entries: 0, checkpoint: { seq: 605 }, finding: null })
    })

    test('never takes in again what was let go', async () => {
      const audit = await sealed(10, 30)
      const rows = await tamper(audit.url, async (db) => db.selectFrom('audit').selectAll().execute())
      audit.clock.advance({ days: 31 })
      await tidy(audit)
      await audit.noteMany(2)
      await tamper(audit.url, async (db) =>
        db
          .insertInto('audit')
          .values(rows.map((row) => ({ ...row, id: row.id + 100 })))
          .execute(),
      )
      await audit.auth.seals.seal()
      expect(await audit.verify()).toMatchObject({ entries: 2, finding: null })
      await tidy(audit)
      expect(await tamper(audit.url, async (db) => db.selectFrom('audit').select('id').execute())).toHaveLength(2)
    })

    test('is not disturbed by verifying at the same time', async () => {
      const audit = await sealed(600, 30)
      audit.clock.advance({ days: 20 })
      await audit.noteMany(50)
      await audit.auth.seals.seal()
      audit.clock.advance({ days: 11 })
      const seen: number[] = []
      const verdict = await audit.verify({
        onProgress: async (entries) => {
          if (seen.push(entries) === 1) await tidy(audit)
        },
      })
      expect(verdict).toMatchObject({ entries: 50, checkpoint: { seq: 600 }, finding: null })
      expect(seen).toEqual([500, 50])
    })
  })

  test('shows an entry about somebody who is gone as it was', async () => {
    const audit = await openAudit(fresh())
    await audit.note('deletion.completed', { userId: 99 as UserId })
    await audit.auth.seals.seal()
    expect(await audit.verify()).toMatchObject({ entries: 1, finding: null })
  })
})
