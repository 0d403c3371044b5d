/** The people of bench/tells.js: accounts in every state that strangers must not learn of, put into a database before the service starts. */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'

const require = createRequire(new URL('../packages/server/package.json', import.meta.url))
const { hash: argon2 } = require('@node-rs/argon2')
const { hash: bcrypt } = require('@node-rs/bcrypt')

const DAY = 24 * 60 * 60_000

/** The password that they all have. */
export const RIGHT = 'violet ladder hums at noon'
/** One that nobody has. */
export const WRONG = 'seven quiet harbours in fog'

/** A kind of account. `hash` names how its password is stored, null for none; `state` what else there is to it. */
const KINDS = {
  unknown: null,
  pending: null,
  verified: { hash: 'today', state: null },
  unverified: { hash: 'today', state: 'unverified' },
  disabled: { hash: 'today', state: 'disabled' },
  leaving: { hash: 'today', state: 'delete' },
  'bcrypt 12': { hash: 'bcrypt', state: null },
  'cheap argon2id': { hash: 'cheap', state: null },
  'no password': { hash: null, state: null },
  'unusable hash': { hash: 'unusable', state: null },
}

/**
 * The hashes of the right password, by name. One of each kind serves all: salts are of no use here.
 * @returns {Promise<Record<string, string>>} The hashes.
 */
async function makeHashes() {
  return {
    today: await argon2(RIGHT, { memoryCost: 65_536, timeCost: 3, parallelism: 1, outputLen: 32 }),
    cheap: await argon2(RIGHT, { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }),
    bcrypt: await bcrypt(RIGHT, 12),
    unusable: 'a hash of a program that is long gone',
  }
}

/** People by kind, all with emails of one length that say nothing of their kind. */
export class People {
  #db
  #hashes

  /**
   * Puts them into this database.
   * @param {import('../packages/server/dist/index.js').DB} db - A fresh one.
   * @param {Record<string, string>} hashes - The hashes of the right password.
   */
  constructor(db, hashes) {
    this.#db = db
    this.#hashes = hashes
  }

  /**
   * Begins with a fresh database, which from now on counts as one of this preset.
   * @param {import('../packages/server/dist/index.js').DB} db - A fresh one.
   * @param {'classic' | 'hardened'} preset - The preset of the service to come.
   * @returns {Promise<People>} Nobody yet.
   */
  static async in(db, preset) {
    await db.memory.set('preset', preset)
    return new People(db, await makeHashes())
  }

  /**
   * Adds people.
   * @param {string} kind - One of the kinds.
   * @param {number} count - How many.
   * @returns {Promise<string[]>} Their emails.
   */
  async add(kind, count) {
    const emails = Array.from({ length: count }, freshEmail)
    await this.#db.transaction(async (/** @type {any} */ tx) => {
      for (const email of emails) await this.#addOne(tx, kind, email)
    })
    return emails
  }

  /**
   * Adds a live token for a reset of somebody.
   * @param {string} email - Whose.
   * @returns {Promise<string>} The token.
   */
  async addToken(email) {
    const { id: userId } = await this.#db.users.findByEmail(email)
    const { token, stored } = this.#db.keys.make('reset', `${userId}:${email}`)
    const binding = { purpose: 'reset', userId, email, newEmail: null, mailedAt: new Date() }
    await this.#db.tokens.add({ ...stored, ...binding }, new Date(), new Date(Date.now() + DAY))
    return token
  }

  /**
   * Adds one person, or nobody where the kind is unknown.
   * @param {any} tx - The transaction.
   * @param {string} kind - One of the kinds.
   * @param {string} email - The email.
   */
  async #addOne(tx, kind, email) {
    const now = new Date()
    const later = new Date(now.getTime() + 7 * DAY)
    if (kind === 'pending') await tx.pendings.add({ email, hash: this.#hashes.today }, email, now, later)
    const made = KINDS[/** @type {keyof typeof KINDS} */ (kind)]
    if (made === null) return
    const { id } = await tx.users.add(email, email, now)
    if (made.state !== 'unverified') await tx.users.setVerified(id, now)
    if (made.hash !== null) await tx.passwords.set(id, this.#hashes[made.hash], now)
    if (made.state === 'disabled') await tx.users.setState(id, 'disabled', now)
    if (made.state === 'delete') await tx.users.setState(id, 'delete', later)
  }
}

/**
 * An email that nobody has had, as long as all others.
 * @returns {string} The email.
 */
export function freshEmail() {
  return `${randomBytes(8).toString('hex')}@example.com`
}
