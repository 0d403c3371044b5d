/** A hasher with passwords at which it fails, so that pages of failure can be looked at. */
import { AuthError } from '../../src/errors.ts'
import { CheapHasher } from '../support/cheap-hasher.ts'

/** The password at which it breaks, as by a bug. */
export const BREAKS = 'this one breaks it'
/** The one for which it has no room. */
export const BUSY = 'this one finds no room'
/** The one that was tried too often. */
export const LIMITED = 'this one comes too often'

const FAILURES: Readonly<Record<string, () => Error>> = {
  [BREAKS]: () => new Error('a test wants this'),
  [BUSY]: () => new AuthError('passwords.busy', { retryAfterSeconds: 7 }),
  [LIMITED]: () => new AuthError('limits.exceeded', { retryAfterSeconds: 840 }),
}

/** Hashes as the cheap one does, but for those passwords. */
export class FailingHasher extends CheapHasher {
  override async verify(password: string, hash: string): Promise<boolean> {
    const failure = FAILURES[password]?.()
    return failure === undefined ? super.verify(password, hash) : Promise.reject(failure)
  }
}
