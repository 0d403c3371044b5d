/** The room of passwords: which are taken, how they are hashed and checked, and when a hash is renewed. */
import { fits, decoyHash, isSameKind, kindOf } from '../crypto/password-hash.ts'
import type { HashKind, PasswordHash } from '../crypto/password-hash.ts'
import type { CanonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import type { Deps } from './deps.ts'

/** The field in which a new password comes: it differs between registering and resetting. */
export type PasswordField = 'password' | 'new_password'

/** Somebody whose password was right, and the hash that said so. */
export interface VerifiedLogin {
  readonly user: User
  readonly hash: string
}

/** New passwords in, right and wrong out. */
export class Passwords {
  readonly #deps: Deps
  readonly #kind: HashKind
  readonly #decoy: PasswordHash

  /** Reads from the settings what new hashes are to be. */
  constructor(deps: Deps) {
    this.#deps = deps
    this.#kind = kindFrom(deps.settings.passwords)
    this.#decoy = decoyHash(this.#kind)
  }

  /**
   * Hashes a new password, if it is one that we take. It is hashed exactly as typed: not trimmed, folded or cut. [ASVS 6.2.8]
   * @throws {AuthError} `passwords.too_short`, `.too_long`, `.unusable` for what is refused, `.busy` when too many wait.
   */
  async hash(password: string, field: PasswordField): Promise<PasswordHash> {
    this.#refuseUnfit(password, field)
    return this.#deps.hasher.hash(password, this.#kind)
  }

  /**
   * The person to whom this email and password belong, or null. Known or not: one query and the work of one hash. [ASVS 6.3.8]
   * A hash of another kind or cost than today's is renewed on the way.
   */
  async verify(email: CanonicalEmail | null, password: string): Promise<VerifiedLogin | null> {
    if (Buffer.byteLength(password) > this.#deps.settings.passwords.maximumBytes) return null // for everyone alike
    const login = email === null ? null : await this.#deps.db.passwords.findLogin(email)
    const hash = login?.hash ?? null
    const usable = hash !== null && kindOf(hash) !== null
    const matches = await this.#deps.hasher.verify(password, usable ? hash : this.#decoy)
    if (login === null || !usable || !matches) return null
    const renewed = await this.#renew(login.user, hash, password)
    // Null: the hash was changed meanwhile, by a reset or by another login that renewed it. Which of the two, the new hash tells.
    return renewed === null ? this.verify(email, password) : { user: login.user, hash: renewed }
  }

  /** Replaces a hash that is not what new ones are, and resolves to what stands there now; null when somebody else replaced it first. */
  async #renew({ id }: User, old: string, password: string): Promise<string | null> {
    const kind = kindOf(old)
    if (kind === null || isSameKind(kind, this.#kind) || !fits(password, this.#kind)) return old
    try {
      const better = await this.#deps.hasher.hash(password, this.#kind)
      return (await this.#deps.db.passwords.renew(id, old, better)) ? better : null
    } catch (error) {
      if (error instanceof AuthError) return old // there is no time for it now; the next login does it
      throw error
    }
  }

  /** Says why a password is not taken. [NIST SP 800-63B-4: each code point counts as one, the reason is given] */
  #refuseUnfit(password: string, field: PasswordField): void {
    const { minimumLength, maximumBytes } = this.#deps.settings.passwords
    const most = this.#kind.name === 'bcrypt' ? Math.min(72, maximumBytes) : maximumBytes
    if (!password.isWellFormed())
      throw new AuthError('passwords.unusable', { field, message: 'The password is not valid Unicode text.' })
    if (Array.from(password).length < minimumLength) {
      throw new AuthError('passwords.too_short', {
        field,
        message: `The password must have at least ${count(minimumLength, 'character')}.`,
      })
    }
    if (Buffer.byteLength(password) > most) {
      throw new AuthError('passwords.too_long', {
        field,
        message: `The password must not be longer than ${count(most, 'byte')} in UTF-8.`,
      })
    }
    if (!fits(password, this.#kind))
      throw new AuthError('passwords.unusable', { field, message: 'The password must not contain the character NUL.' })
  }
}

/** A number with its noun. */
function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`
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
