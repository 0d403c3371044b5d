/** What Auth wants of whoever hashes passwords. */
import type { Argon2idKind, HashKind, PasswordHash } from './password-hash.ts'
import type { LegacyHash } from './stored-hash.ts'

/**
 * Where a job waits for its turn, and on whose behalf. `known` are known devices and live sessions. A source is whatever stands for one
 * caller, such as a network; null or none where nobody can tell.
 */
export interface Lane {
  readonly name: 'known' | 'login' | 'reset' | 'registration'
  readonly source?: string | null
}

/**
 * Makes and checks password hashes. Throws `AuthError('passwords.busy')` when it has more to do than it can do in time. A job without a
 * lane counts as a login of nobody in particular: whoever forgets to name one gets no privilege.
 */
export interface Hasher {
  /** Hashes with a fresh salt. The password must fit the kind. */
  hash(password: string, kind: HashKind, lane?: Lane): Promise<PasswordHash>
  /** Whether this is the password of the hash; false for a hash of no allowed kind. */
  verify(password: string, hash: string, lane?: Lane): Promise<boolean>
  /** Wraps a weak digest from elsewhere in argon2id, as the only form in which it may be stored. */
  wrap(legacy: LegacyHash, kind: Argon2idKind, lane?: Lane): Promise<PasswordHash>
  /**
   * Resolves when a job of this lane would find room now, so that a full queue can answer before anybody is looked up. It keeps no place.
   * @throws {AuthError} `passwords.busy`, after the pause of every refusal, when it would not.
   */
  refuseWhenFull(lane?: Lane): Promise<void>
  /** Ends what it runs. Nothing may be asked of it afterwards. */
  close(): Promise<void>
}
