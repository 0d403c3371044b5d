/** The storage: the list of rooms, the contract's methods over them, and transactions. */
import type { CompiledQuery } from 'kysely'
import type { KeyRing } from '../crypto/token.ts'
import { NoResultFound } from '../errors.ts'
import type { User } from '../user.ts'
import { AuditTable } from './audit.ts'
import { BudgetTable } from './budgets.ts'
import { addUser, updateUser } from './change-user.ts'
import type { ChangeableAttributes } from './change-user.ts'
import { CheckpointTable } from './checkpoints.ts'
import { ClaimTable } from './claims.ts'
import { DeviceTable } from './devices.ts'
import type { Engine, Hot } from './engine.ts'
import { findUser } from './find-user.ts'
import type { UserAttributes } from './find-user.ts'
import { InboxTable } from './inbox.ts'
import { LimitTable } from './limits.ts'
import { MemoryTable } from './memory.ts'
import { MovingInTable } from './moving-in.ts'
import { MovingOutTable } from './moving-out.ts'
import { migrate } from './migrate.ts'
import { openEngine } from './open.ts'
import type { OpenOptions } from './open.ts'
import { OutboxTable } from './outbox.ts'
import { PasswordTable } from './passwords.ts'
import { repeated } from './patience.ts'
import { PendingTable } from './pendings.ts'
import { SealTable } from './seals.ts'
import { SessionTable } from './sessions.ts'
import { StreakTable } from './streaks.ts'
import { TokenTable } from './tokens.ts'
import { UserTable } from './users.ts'

/** What a DB works with: an engine, or within a transaction its share of one. */
interface Access extends Pick<Engine, 'kysely' | 'hot' | 'inTransaction' | 'lock' | 'isRace' | 'withGivenIds'> {
  readonly keys: KeyRing
  readonly now: () => Date
}

/** The storage. Only Auth may hold one. One room per feature, one file per room. */
export class DB {
  readonly users: UserTable
  readonly passwords: PasswordTable
  readonly sessions: SessionTable
  readonly tokens: TokenTable
  readonly pendings: PendingTable
  readonly devices: DeviceTable
  readonly outbox: OutboxTable
  readonly inbox: InboxTable
  readonly limits: LimitTable
  readonly streaks: StreakTable
  readonly budgets: BudgetTable
  readonly audit: AuditTable
  readonly seals: SealTable
  readonly checkpoints: CheckpointTable
  readonly claims: ClaimTable
  readonly memory: MemoryTable
  readonly movingIn: MovingInTable
  readonly movingOut: MovingOutTable
  /** The keys that guard tokens. They live beside the storage, because what is stored means nothing without them. */
  readonly keys: KeyRing
  /** The clock of the storage, by which tokens and sessions end. */
  readonly now: () => Date
  readonly #access: Access
  readonly #findId: (id: number) => Promise<unknown>
  readonly #close: () => Promise<void>

  private constructor(access: Access, close: () => Promise<void>) {
    this.users = new UserTable(access.kysely)
    this.passwords = new PasswordTable(access.kysely)
    this.sessions = new SessionTable(access.kysely, access.hot)
    this.tokens = new TokenTable(access.kysely)
    this.pendings = new PendingTable(access.kysely)
    this.devices = new DeviceTable(access.kysely)
    this.outbox = new OutboxTable(access.kysely)
    this.inbox = new InboxTable(access.kysely)
    this.limits = new LimitTable(access.kysely)
    this.streaks = new StreakTable(access.kysely)
    this.budgets = new BudgetTable(access.kysely)
    this.audit = new AuditTable(access.kysely)
    this.seals = new SealTable(access.kysely)
    this.checkpoints = new CheckpointTable(access.kysely)
    this.claims = new ClaimTable(access.kysely)
    this.memory = new MemoryTable(access.kysely)
    this.movingIn = new MovingInTable(access.kysely, access.withGivenIds)
    this.movingOut = new MovingOutTable(access.kysely)
    this.keys = access.keys
    this.now = access.now
    this.#access = access
    this.#findId = access.hot(() => access.kysely.selectFrom('users').select('id').where('id', '=', 0).compile())
    this.#close = close
  }

  /**
   * The storage at this address (`sqlite:PATH`, `sqlite::memory:`, `postgres://…`), migrated and ready.
   * @throws {SettingsError} for an address of no known kind, or a database made by a newer release.
   * @throws {DatabaseUnavailable} when it cannot be opened.
   */
  static async open(url: string, options: OpenOptions = {}): Promise<DB> {
    const { db } = await DB.openAndMigrate(url, options)
    return db
  }

  /** Like `open`, and tells which migrations ran. */
  static async openAndMigrate(
    url: string,
    options: OpenOptions = {},
  ): Promise<{ readonly db: DB; readonly migrated: readonly string[] }> {
    const { engine, keys } = await openEngine(url, options)
    const close = async (): Promise<void> => engine.close()
    try {
      const migrated = await migrate(engine, options.mustExist)
      return {
        db: new DB({ ...engine, keys, now: options.now ?? engine.now }, close),
        migrated,
      }
    } catch (error) {
      await close()
      throw error
    }
  }

  /**
   * All or nothing, and what it has read stays as it is until its end. Inside `work`, talk to `tx` only: on SQLite the outer DB would wait
   * for ever. On PostgreSQL `work` is done again when others got in between, so it must do nothing but through `tx`. [ASVS 15.4.2]
   * @throws {DatabaseUnavailable} when others get in between again and again.
   */
  async transaction<T>(work: (tx: DB) => Promise<T>): Promise<T> {
    return repeated(async () => this.#tryTransaction(work), this.#access.isRace)
  }

  /**
   * Within a transaction: lets nobody else past the lock of this name until its end. For what hangs on a row that is _not_ there (no way
   * back to an address, no letter that waits, no preset that is remembered): others could add it meanwhile. Lock before reading.
   */
  async lock(name: string): Promise<void> {
    await this.#access.lock(this.#access.kysely, name)
  }

  /** Does it once. */
  async #tryTransaction<T>(work: (tx: DB) => Promise<T>): Promise<T> {
    return this.#access.kysely.transaction().execute(async (transaction) => {
      const kysely = this.#access.inTransaction(transaction)
      const hot: Hot =
        <Row>(compile: () => CompiledQuery<Row>) =>
        async (...parameters) =>
          (await kysely.executeQuery<Row>({ ...compile(), parameters })).rows[0]
      return work(new DB({ ...this.#access, kysely, hot }, async () => Promise.resolve()))
    })
  }

  /** Stores a person with this hash. @throws {ValueError} for a taken email, or text that is none. */
  async addUser(email: string, hashedPassword: string): Promise<User> {
    return addUser(this, email, hashedPassword)
  }

  /**
   * The first person who matches all of the attributes. An empty one, or none at all, matches nobody (CVE-2019-16109).
   * @throws {NoResultFound} when nobody matches. @throws {InvalidRequestError} for an attribute that does not exist.
   */
  async findUserBy(attributes: UserAttributes): Promise<User> {
    const user = await findUser(
      { ...this.#access, sessions: this.sessions, tokens: this.tokens, now: this.now() },
      attributes,
    )
    if (user === null) throw new NoResultFound('no user matches')
    return user
  }

  /**
   * Changes a person's email or hash, all or nothing.
   * @throws {ValueError} for an attribute that does not exist or cannot be changed. @throws {NoResultFound} for an unknown id.
   */
  async updateUser(userId: number, attributes: ChangeableAttributes): Promise<void> {
    return updateUser(this, userId, attributes)
  }

  /** Whether the database answers. */
  async isReady(): Promise<boolean> {
    try {
      await this.#findId(0)
      return true
    } catch {
      return false
    }
  }

  /** Writes out what is pending and lets go of the database. */
  async close(): Promise<void> {
    await this.#close()
  }
}
