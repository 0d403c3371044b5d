/** What Auth wants of whoever hashes passwords. */
import type { HashKind, PasswordHash } from './password-hash.ts'

/** Makes and checks password hashes. Throws `AuthError('passwords.busy')` when it has more to do than it can do in time. */
export interface Hasher {
  /** Hashes with a fresh salt. The password must fit the kind. */
  hash(password: string, kind: HashKind): Promise<PasswordHash>
  /** Whether this is the password of the hash; false for a hash of no allowed kind. */
  verify(password: string, hash: string): Promise<boolean>
  /** Ends what it runs. Nothing may be asked of it afterwards. */
  close(): Promise<void>
}
