/** Which new passwords are taken: by length, the common ones, the words of the service and the person, and known breaches. */
import type { BreachList } from '../breaches.ts'
import { AuthError } from '../errors.ts'
import type { AuthErrorCode } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { CommonPasswords } from './common-passwords.ts'
import { isMadeOf, restsBeside, wordsOfEmail, wordsOfService } from './password-context.ts'

/** The field in which a new password comes: it differs between registering and resetting. */
export type PasswordField = 'password' | 'new_password'

/** Why a password is not taken. */
interface Reason {
  readonly code: AuthErrorCode
  readonly message: string
}

const BCRYPT_BYTES = 72 // bcrypt drops the rest (CVE-2025-22228)
const INSTEAD = 'Three or four words that have nothing to do with each other do.'

/**
 * Judges new passwords, exactly as typed. It asks for no kinds of characters [ASVS 6.2.5], and does no estimating: what took
 * an estimator a second for one password would stop everyone else.
 */
export class PasswordPolicy {
  readonly #settings: Settings['passwords']
  readonly #words: readonly string[]
  readonly #common: CommonPasswords | null
  readonly #breaches: BreachList | null

  /** The policy of these settings; without a list of breaches the local one decides alone. */
  constructor(settings: Pick<Settings, 'passwords' | 'service'>, breaches: BreachList | null) {
    this.#settings = settings.passwords
    this.#words = wordsOfService(settings)
    this.#common = settings.passwords.refuseCommon ? new CommonPasswords() : null
    this.#breaches = breaches
  }

  /**
   * Takes a password, or says why not. The email is that of its owner, null where nobody knows yet whose it will be.
   * @throws {AuthError} `passwords.too_short`, `.too_long`, `.unusable`, `.common`, `.contextual` or `.breached`.
   */
  async check(password: string, field: PasswordField, email: string | null): Promise<void> {
    const refusal = this.refusalOf(password, field, email)
    if (refusal !== null) throw refusal
    if ((await this.#breaches?.contains(password)) === true) {
      const message = `The password must not be one that is known from a data breach. ${INSTEAD}`
      throw new AuthError('passwords.breached', { field, message })
    }
  }

  /** Why a password would not be taken, as far as can be told here and at once; null when nothing speaks against it. */
  refusalOf(password: string, field: PasswordField, email: string | null): AuthError | null {
    const reason = this.#misfit(password) ?? this.#weakness(password, email)
    return reason === null ? null : new AuthError(reason.code, { field, message: reason.message })
  }

  /** What keeps a password from being hashed whole, or makes it too short. [NIST SP 800-63B-4: each code point counts as one] */
  #misfit(password: string): Reason | null {
    const { minimumLength, maximumBytes, hash } = this.#settings
    const most = hash === 'bcrypt' ? Math.min(BCRYPT_BYTES, maximumBytes) : maximumBytes
    if (!password.isWellFormed()) {
      return { code: 'passwords.unusable', message: 'The password is not valid Unicode text.' }
    }
    if (Array.from(password).length < minimumLength) {
      const least = count(minimumLength, 'character')
      return { code: 'passwords.too_short', message: `The password must have at least ${least}.` }
    }
    if (Buffer.byteLength(password) > most) {
      const message = `The password must not be longer than ${count(most, 'byte')} in UTF-8.`
      return { code: 'passwords.too_long', message }
    }
    if (hash === 'bcrypt' && password.includes('\0')) {
      return { code: 'passwords.unusable', message: 'The password must not contain the character NUL.' }
    }
    return null
  }

  /** What makes a password easy to guess: the words around it, or that many people have it. [NIST SP 800-63B-4: the reason is given] */
  #weakness(password: string, email: string | null): Reason | null {
    const common = this.#common
    if (common === null) return null
    const words = email === null ? this.#words : [...this.#words, ...wordsOfEmail(email)]
    if (isMadeOf(password, words) || restsBeside(password, words).some((rest) => common.has(rest))) {
      const message = `The password must not be made of your email or of the names of this service. ${INSTEAD}`
      return { code: 'passwords.contextual', message }
    }
    if (!common.has(password)) return null
    return {
      code: 'passwords.common',
      message: `The password must not be one that many people have, or made of such a one. ${INSTEAD}`,
    }
  }
}

/** A number with its noun. */
function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`
}
