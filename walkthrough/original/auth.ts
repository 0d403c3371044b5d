/** A miniature of the original's rules, as naive as the original was. Made to be attacked: never build on it. */
import { randomUUID } from 'node:crypto'
import { hash, verify } from '@node-rs/bcrypt'
import { NotFound, OriginalDB } from './db.ts'
import type { OriginalUser } from './db.ts'

const COST = 10 // the original took 12; 10 is a quarter of the work, so that the attacks do not keep you waiting

/** The original's `_hash_password`: bcrypt with a fresh salt. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password, COST) // naive: whatever comes after 72 bytes is dropped without a word
}

/** The original's `_generate_uuid`. */
export function generateUuid(): string {
  return randomUUID()
}

/** The original's Auth: seven methods over the table. */
export class OriginalAuth {
  readonly db = new OriginalDB()

  /** Registers somebody whose email is not in the table yet. */
  async registerUser(email: string, password: string): Promise<OriginalUser> {
    if (this.#find({ email }) !== null) throw new Error(`User ${email} already exists`)
    const hashed = await hashPassword(password) // naive: while this works, another request can pass the check above
    return this.db.addUser(email, hashed)
  }

  /** Whether this is the password of this email. */
  async validLogin(email: string, password: string): Promise<boolean> {
    const user = this.#find({ email })
    if (user === null) return false // naive: at once. A known email takes as long as bcrypt does
    return verify(password, user.hashed_password)
  }

  /** Puts a new session id into the row, and returns it. */
  createSession(email: string): string | null {
    const user = this.#find({ email })
    if (user === null) return null
    const sessionId = generateUuid()
    this.db.updateUser(user.id, { session_id: sessionId }) // naive: in the clear, and in the place of the last one
    return sessionId
  }

  /** The row that has this session id. */
  getUserFromSessionId(sessionId: string | null): OriginalUser | null {
    if (sessionId === null) return null
    return this.#find({ session_id: sessionId }) // naive: for ever, because nothing says when it was made
  }

  /** Empties the session id of a row. */
  destroySession(userId: number): void {
    this.db.updateUser(userId, { session_id: null })
  }

  /** Puts a new reset token into the row, and returns it. */
  getResetPasswordToken(email: string): string {
    const user = this.#find({ email })
    if (user === null) throw new Error(`User ${email} does not exist`)
    const token = generateUuid()
    this.db.updateUser(user.id, { reset_token: token }) // naive: in the clear, without an end
    return token
  }

  /** Sets the password of the row that has this reset token, and empties the token. */
  async updatePassword(resetToken: string | null, password: string): Promise<void> {
    const user = this.#find({ reset_token: resetToken }) // naive: with null this is the first row that has no token
    if (user === null) throw new Error('Invalid reset token')
    const hashed = await hashPassword(password) // naive: while this works, a second request finds the token too
    this.db.updateUser(user.id, { hashed_password: hashed, reset_token: null }) // naive: the session goes on
  }

  /** The first row that matches, or null. */
  #find(attributes: Partial<OriginalUser>): OriginalUser | null {
    try {
      return this.db.findUserBy(attributes)
    } catch (error) {
      if (error instanceof NotFound) return null
      throw error
    }
  }
}
