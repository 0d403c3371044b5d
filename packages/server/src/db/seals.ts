/** The room of seals: a chain over the entries of the audit, in the order in which they were sealed. */
import type { Kysely, Selectable } from 'kysely'
import { entryFrom } from './audit-entries.ts'
import type { StoredEntry } from './audit-entries.ts'
import type { Schema } from './schema.ts'

/** A seal as it is stored. */
export interface StoredSeal {
  /** Counts the entries in the order in which they were sealed, from 1. */
  readonly seq: number
  readonly auditId: number
  readonly mac: string
  readonly keyId: string
  readonly sealedAt: Date
}

/** A seal, and the entry that it is for; null where that is gone. */
export interface SealedPair {
  readonly seal: StoredSeal
  readonly entry: StoredEntry | null
}

const ROWS_AT_ONCE = 50

/** Seals by their number. */
export class SealTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** The latest seal, or null where there is none. */
  async findLast(): Promise<StoredSeal | null> {
    const row = await this.#db.selectFrom('seals').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirst()
    return row === undefined ? null : sealFrom(row)
  }

  /** The greatest id of an entry that is sealed; 0 where none is. */
  async findGreatestAuditId(): Promise<number> {
    const row = await this.#db
      .selectFrom('seals')
      .select('audit_id')
      .orderBy('audit_id', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row?.audit_id ?? 0
  }

  /** Up to `most` entries after this id that have no seal, the oldest first; null begins with whatever id there is. */
  async listUnsealed(afterId: number | null, most: number): Promise<readonly StoredEntry[]> {
    const rows = await this.#db
      .selectFrom('audit')
      .leftJoin('seals', 'seals.audit_id', 'audit.id')
      .selectAll('audit')
      .where('seals.seq', 'is', null)
      .$if(afterId !== null, (after) => after.where('audit.id', '>', afterId))
      .orderBy('audit.id')
      .limit(most)
      .execute()
    return rows.map(entryFrom)
  }

  /** Adds seals. False when one of them was there already, from somebody else: then undo all. */
  async add(seals: readonly StoredSeal[]): Promise<boolean> {
    const whole = seals.length - (seals.length % ROWS_AT_ONCE) // of two lengths alone: each text of a statement is kept
    for (let start = 0; start < whole; start += ROWS_AT_ONCE)
      if (!(await this.#insert(seals.slice(start, start + ROWS_AT_ONCE)))) return false
    for (const seal of seals.slice(whole)) if (!(await this.#insert([seal]))) return false
    return true
  }

  /** Adds a few seals. False when one of them was there already. */
  async #insert(seals: readonly StoredSeal[]): Promise<boolean> {
    const rows = seals.map(({ seq, auditId, mac, keyId, sealedAt }) => ({
      seq,
      audit_id: auditId,
      mac,
      key_id: keyId,
      sealed_at: sealedAt.getTime(),
    }))
    const result = await this.#db
      .insertInto('seals')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    return Number(result.numInsertedOrUpdatedRows) === seals.length
  }

  /** Up to `most` seals after this number, in their order. */
  async list(afterSeq: number, most: number): Promise<readonly StoredSeal[]> {
    const rows = await this.#db
      .selectFrom('seals')
      .selectAll()
      .where('seq', '>', afterSeq)
      .orderBy('seq')
      .limit(most)
      .execute()
    return rows.map(sealFrom)
  }

  /** Up to `most` seals after this number in their order, each with its entry; null begins with whatever number there is. */
  async listWithEntries(afterSeq: number | null, most: number): Promise<readonly SealedPair[]> {
    const rows = await this.#db
      .selectFrom('seals')
      .leftJoin('audit', 'audit.id', 'seals.audit_id')
      .selectAll('audit')
      .select(['seals.seq', 'seals.audit_id', 'seals.sealed_at', 'seals.mac as seal_mac', 'seals.key_id as seal_key'])
      .$if(afterSeq !== null, (after) => after.where('seals.seq', '>', afterSeq))
      .orderBy('seals.seq')
      .limit(most)
      .execute()
    return rows.map((row) => ({
      seal: sealFrom({ ...row, mac: row.seal_mac, key_id: row.seal_key }),
      entry: row.id === null ? null : entryFrom(row as Selectable<Schema['audit']>),
    }))
  }

  /** Lets go of so many seals after this number, all of them up to that one, and of their entries. */
  async remove(afterSeq: number, upToSeq: number, count: number): Promise<void> {
    const upTo = this.#db.selectFrom('seals').where('seq', '>', afterSeq).where('seq', '<=', upToSeq)
    const first = upTo.orderBy('seq').limit(count) // the number alone would have PostgreSQL guess how many there are
    await this.#db.deleteFrom('audit').where('id', 'in', first.select('audit_id')).execute()
    await this.#db.deleteFrom('seals').where('seq', 'in', first.select('seq')).execute()
  }
}

/** A row as a seal. */
function sealFrom(row: Selectable<Schema['seals']>): StoredSeal {
  return {
    seq: row.seq,
    auditId: row.audit_id,
    mac: row.mac,
    keyId: row.key_id,
    sealedAt: new Date(row.sealed_at),
  }
}
