/** The first look at a source: which addresses, and which ids where they are kept, stand in more than one row. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Noted, Scratch } from '../db/moving-in.ts'
import { canonicalEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import type { ImportRow } from '../moving/record.ts'
import { GREATEST_KEPT_ID } from '../user.ts'

const NAME_BYTES = 16

/**
 * Counts addresses without keeping them: what it keeps are hashes under a key that ends with it, in a file that does too. So there may be as
 * many rows as there is room on the disk.
 */
export class Survey {
  readonly #scratch: Scratch
  readonly #key = randomBytes(32)
  readonly #countsIds: boolean
  /** How many rows there are. */
  rows = 0

  /** Begins with a scratch file in which nothing is, and which it closes; ids are counted where they are to be kept. */
  constructor(scratch: Scratch, { countsIds }: { readonly countsIds: boolean }) {
    this.#scratch = scratch
    this.#countsIds = countsIds
  }

  /** Notes a row. */
  add(row: ImportRow): void {
    this.rows++
    const { place } = row
    if ('refused' in row) {
      this.#noteEmail(row.email ?? '', null, true) // nobody knows whether it is disabled
      return
    }
    const { email, id, disabled } = row.record
    this.#noteEmail(email, this.#canKeep(id) ? place : null, disabled !== false)
    if (this.#countsIds && id !== null) this.#scratch.note(this.#nameOf('id', id), place, false)
  }

  /** Notes who claims an address: a row, or one that becomes no account. */
  #noteEmail(email: string, place: number | null, isMarked: boolean): void {
    const key = canonicalEmail(email)
    if (key !== null) this.#scratch.note(this.#nameOf('email', key), place, isMarked)
  }

  /** Whether a row can become an account by its id, as far as can be told without the database. */
  #canKeep(id: string | null): boolean {
    return !this.#countsIds || (id !== null && keptId(id) !== null && this.findId(id) === null)
  }

  /** What is known of an address; null for one that was not there yet. */
  findEmail(key: CanonicalEmail): Noted | null {
    return this.#scratch.find(this.#nameOf('email', key))
  }

  /** What is known of an id. */
  findId(id: string): Noted | null {
    return this.#scratch.find(this.#nameOf('id', id))
  }

  /** Forgets all of it. */
  close(): void {
    this.#scratch.close()
  }

  /** What stands for something. */
  #nameOf(kind: 'email' | 'id', text: string): Buffer {
    return createHmac('sha256', this.#key).update(`${kind}:${text}`).digest().subarray(0, NAME_BYTES)
  }
}

/** An id that somebody brings along, as the number that it stays; null where it is none that can be kept. */
export function keptId(id: string): number | null {
  return /^[1-9]\d{0,14}$/.test(id) && Number(id) <= GREATEST_KEPT_ID ? Number(id) : null
}
