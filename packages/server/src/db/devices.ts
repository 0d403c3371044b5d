/** The room of known devices: the browsers from which a person has logged in. */
import type { Kysely } from 'kysely'
import type { StoredToken, TokenMac } from '../crypto/token.ts'
import type { CanonicalEmail } from '../email.ts'
import type { UserId } from '../user.ts'
import { BATCH } from './batch.ts'
import type { Schema } from './schema.ts'

const MOST_OF_A_PERSON = 20
const MOST_OF_A_BROWSER = 100

/** A device of somebody, with whose it is. */
export interface FoundDevice {
  readonly userId: UserId
  readonly stored: StoredToken
  readonly knownSince: Date
  /** When the password was set that its person has now; null for a person without one. */
  readonly passwordSetAt: Date | null
}

/** Devices by the id in their token, and by person. */
export class DeviceTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Notes that a person has logged in from this device. The twenty that were used last are kept. */
  async add(userId: UserId, { id, mac, keyId }: StoredToken, at: Date): Promise<void> {
    const now = at.getTime()
    await this.#db
      .insertInto('devices')
      .values({ id, user_id: userId, mac, key_id: keyId, created_at: now, used_at: now })
      .onConflict((conflict) => conflict.columns(['user_id', 'id']).doUpdateSet({ mac, key_id: keyId, used_at: now }))
      .execute()
    const older = this.#db
      .selectFrom('devices')
      .select('id')
      .where('user_id', '=', userId)
      .orderBy('used_at', 'desc')
      .limit(1_000_000)
      .offset(MOST_OF_A_PERSON)
    await this.#db.deleteFrom('devices').where('user_id', '=', userId).where('id', 'in', older).execute()
  }

  /** What is stored of this device for this person, or null where they have not logged in from it. */
  async find(userId: UserId, id: string): Promise<StoredToken | null> {
    const row = await this.#db
      .selectFrom('devices')
      .select(['id', 'mac', 'key_id'])
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? null : { id: row.id, mac: row.mac as TokenMac, keyId: row.key_id }
  }

  /** What is stored of this device for the person of an email; null for a device that they have not logged in from, and for an unknown email. */
  async findByEmail(key: CanonicalEmail, id: string): Promise<FoundDevice | null> {
    const row = await this.#db
      .selectFrom('devices')
      .innerJoin('users', 'users.id', 'devices.user_id')
      .leftJoin('passwords', 'passwords.user_id', 'users.id')
      .select([
        'devices.id',
        'devices.mac',
        'devices.key_id',
        'devices.user_id',
        'devices.created_at',
        'passwords.set_at',
      ])
      .where('users.email_key', '=', key)
      .where('devices.id', '=', id)
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      userId: row.user_id as UserId,
      stored: { id: row.id, mac: row.mac as TokenMac, keyId: row.key_id },
      knownSince: new Date(row.created_at),
      passwordSetAt: row.set_at === null ? null : new Date(row.set_at),
    }
  }

  /** Who knows this device, some of them where they are many, with what is stored of it for each. */
  async listKnowing(id: string): Promise<readonly { readonly userId: UserId; readonly stored: StoredToken }[]> {
    const rows = await this.#db
      .selectFrom('devices')
      .select(['id', 'mac', 'key_id', 'user_id'])
      .where('id', '=', id)
      .limit(MOST_OF_A_BROWSER)
      .execute()
    return rows.map((row) => ({
      userId: row.user_id as UserId,
      stored: { id: row.id, mac: row.mac as TokenMac, keyId: row.key_id },
    }))
  }

  /** Lets a person know a device by another token from now on. */
  async exchange(userId: UserId, old: string, { id, mac, keyId }: StoredToken): Promise<void> {
    await this.#db
      .updateTable('devices')
      .set({ id, mac, key_id: keyId })
      .where('user_id', '=', userId)
      .where('id', '=', old)
      .execute()
  }

  /** When each device of a person was first and last used, the latest first. */
  async list(userId: UserId): Promise<readonly { readonly createdAt: Date; readonly usedAt: Date }[]> {
    const rows = await this.#db
      .selectFrom('devices')
      .select(['created_at', 'used_at'])
      .where('user_id', '=', userId)
      .orderBy('used_at', 'desc')
      .execute()
    return rows.map((row) => ({ createdAt: new Date(row.created_at), usedAt: new Date(row.used_at) }))
  }

  /** How many devices each key guards, by the key's id. */
  async countByKey(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#db
      .selectFrom('devices')
      .select(({ fn }) => ['key_id', fn.countAll().as('devices')])
      .groupBy('key_id')
      .execute()
    return new Map(rows.map((row) => [row.key_id, Number(row.devices)]))
  }

  /** Forgets all devices of a person, but for this one where one is named. Returns how many. */
  async removeAll(userId: UserId, except = ''): Promise<number> {
    const devices = this.#db.deleteFrom('devices').where('user_id', '=', userId).where('id', '!=', except)
    return Number((await devices.executeTakeFirst()).numDeletedRows)
  }

  /** Forgets all devices of everybody. */
  async clear(): Promise<void> {
    await this.#db.deleteFrom('devices').execute()
  }

  /** Forgets some of the devices that were not used since this instant, whoever's they are. */
  async removeUnused(since: Date): Promise<number> {
    const unused = this.#db.selectFrom('devices').select('id').where('used_at', '<', since.getTime())
    const result = await this.#db
      .deleteFrom('devices')
      .where('used_at', '<', since.getTime())
      .where('id', 'in', unused.orderBy('used_at').limit(BATCH))
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }
}
