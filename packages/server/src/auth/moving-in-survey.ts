/** The first look at a source: which addresses, and which ids where they are kept, stand in more than one row. */
import { createHmac, randomBytes } from 'node:crypto'
import { Scratch } from '../db/dialects/sqlite-scratch.ts'
import type { Noted } from '../db/dialects/sqlite-scratch.ts'
import { canonicalEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import type { ImportRow } from '../moving/record.ts'

const NAME_BYTES = 16

/**
 * Counts addresses without keeping them: what it keeps are hashes under a key that ends with it, in a file that does too. So there may be as
 * many rows as there is room on the disk.
 */
export class Survey {
  readonly #scratch = new Scratch()
  readonly #key = randomBytes(32)
  readonly #countsIds: boolean
  /** How many rows there are. */
  rows = 0

  /** Begins with nothing; ids are counted where they are to be kept. */
  constructor({ countsIds }: { readonly countsIds: boolean }) {
    this.#countsIds = countsIds
  }

  /** Notes a row. */
  add(row: ImportRow): void {
    this.rows++
    if (!('record' in row)) return
    const { place, record } = row
    const key = canonicalEmail(record.email)
    if (key === null) return
    this.#scratch.note(this.#nameOf('email', key), place, record.disabled !== false)
    if (this.#countsIds && record.id !== null) this.#scratch.note(this.#nameOf('id', record.id), place, false)
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
