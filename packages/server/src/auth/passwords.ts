/** The room of passwords: which are taken, how they are hashed and checked, and when a hash is renewed. */
import type { Lane } from '../crypto/hasher.ts'
import { fits, decoyHash, isSameKind, kindOf } from '../crypto/password-hash.ts'
import type { HashKind, PasswordHash } from '../crypto/password-hash.ts'
import type { CanonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { Account } from '../db/accounts.ts'
import type { User, UserId } from '../user.ts'
import { mayLogIn } from './accounts.ts'
import type { Deps } from './deps.ts'
import { PasswordPolicy } from './password-policy.ts'
import type { PasswordField } from './password-policy.ts'

/** Somebody whose password was right, and the hash that said so. */
export interface VerifiedLogin {
  readonly user: User
  readonly hash: string
}

/** What came of a look at email and password. Why it was refused is for the audit alone: callers are never told. */
export interface CheckedLogin {
  readonly login: VerifiedLogin | null
  /** Whose email it is; null for an unknown one. */
  readonly userId: UserId | null
  readonly reason: 'no_account' | 'wrong_password' | 'not_let_in' | null
}

const WEAKNESSES: ReadonlySet<string> = new Set(['passwords.too_short', 'passwords.common', 'passwords.contextual'])

/** New passwords in, right and wrong out. */
export class Passwords {
  readonly #deps: Deps
  readonly #kind: HashKind
  readonly #decoy: PasswordHash
  readonly #policy: PasswordPolicy

  /** Reads from the settings what new hashes are to be. */
  constructor(deps: Deps) {
    this.#deps = deps
    this.#kind = kindFrom(deps.settings.passwords)
    this.#decoy = decoyHash(this.#kind)
    this.#policy = new PasswordPolicy(deps.settings, deps.breaches)
  }

  /**
   * Hashes a new password, if it is one that we take. It is hashed exactly as typed: not trimmed, folded or cut. [ASVS 6.2.8]
   * @throws {AuthError} `passwords.too_short`, `.common` and others for what is refused, `.busy` when too many wait.
   */
  async hash(password: string, field: PasswordField, email: CanonicalEmail | null, lane: Lane): Promise<PasswordHash> {
    await this.#policy.check(password, field, email)
    return this.#deps.hasher.hash(password, this.#kind, lane)
  }

  /** The person to whom this email and password belong, or null; as `check` does it. */
  async verify(email: CanonicalEmail | null, password: string, lane: Lane): Promise<VerifiedLogin | null> {
    return (await this.check(email, password, lane)).login
  }

  /**
   * Looks whether email and password belong together. Known or not: one query and the work of one hash. [ASVS 6.3.8]
   * Somebody who may not log in, because the account is disabled, awaits deletion, or has an email that must be verified first, is
   * nobody. A hash of another kind or cost than today's is renewed on the way.
   */
  async check(email: CanonicalEmail | null, password: string, lane: Lane): Promise<CheckedLogin> {
    const found = email === null ? null : await this.#deps.db.passwords.findLogin(email)
    const hash = found?.hash ?? null
    const matches = await this.matches(password, hash, lane)
    if (found === null) return { login: null, userId: null, reason: 'no_account' }
    const userId = found.user.id
    if (hash === null || !matches) return { login: null, userId, reason: 'wrong_password' }
    if (!this.mayLogIn(found)) return { login: null, userId, reason: 'not_let_in' }
    const renewed = await this.#renew(found.user, hash, password, lane)
    // Null: the hash was changed meanwhile, by a reset or by another login that renewed it. Which of the two, the new hash tells.
    if (renewed === null) return this.check(email, password, lane)
    return { login: { user: found.user, hash: renewed }, userId, reason: null }
  }

  /** Whether this is the password of the hash; where there is no hash that can be checked, the same work for nothing. */
  async matches(password: string, hash: string | null, lane: Lane): Promise<boolean> {
    if (Buffer.byteLength(password) > this.#deps.settings.passwords.maximumBytes) return false // for everyone alike
    const usable = hash !== null && kindOf(hash) !== null
    return (await this.#deps.hasher.verify(password, usable ? hash : this.#decoy, lane)) && usable
  }

  /**
   * Why a password that was right at login is no longer one that we take, or null. Only what the list and the rules tell: asking a breach
   * service at each login would tell it of each login. What is too long today was taken whole, so it stays.
   */
  weaknessOf(password: string, email: CanonicalEmail | null): AuthError | null {
    const refusal = this.#policy.refusalOf(password, 'new_password', email)
    return refusal !== null && WEAKNESSES.has(refusal.code) ? refusal : null
  }

  /** Whether this account lets anybody in. */
  mayLogIn(account: Account): boolean {
    return mayLogIn(account, this.#deps.settings)
  }

  /** Replaces a hash that is not what new ones are, and resolves to what stands there now; null when somebody else replaced it first. */
  async #renew({ id }: User, old: string, password: string, lane: Lane): Promise<string | null> {
    const kind = kindOf(old)
    if (kind === null || isSameKind(kind, this.#kind) || !fits(password, this.#kind)) return old
    try {
      const better = await this.#deps.hasher.hash(password, this.#kind, lane)
      return (await this.#deps.db.passwords.renew(id, old, better)) ? better : null
    } catch (error) {
      if (error instanceof AuthError) return old // there is no time for it now; the next login does it
      throw error
    }
  }
}

/** The kind that the settings ask for. */
function kindFrom({
  hash,
  bcryptCost,
  argon2MemoryMiB,
  argon2Passes,
  argon2Lanes,
}: Deps['settings']['passwords']): HashKind {
  if (hash === 'bcrypt') return { name: 'bcrypt', cost: bcryptCost }
  return { name: 'argon2id', memoryKiB: argon2MemoryMiB * 1024, passes: argon2Passes, lanes: argon2Lanes }
}
