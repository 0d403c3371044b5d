/** The list of common passwords, which the build makes (scripts/common-passwords.js), and what counts as being on it. [ASVS 6.2.4] */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { letters, plain, repeatedPiece, skeletons, trimmed } from './password-forms.ts'

/** The list's file: the same place seen from src/auth and from dist/auth. */
const FILE = new URL('../../data/common-passwords.bin', import.meta.url)

/** The file begins with a mark of what it was made from, which only the build reads. */
const HEADER_BYTES = 32
/**
 * Of each entry the file holds this much of a SHA-256 hash, in order. Some twenty lookups are made for a password, among
 * half a million entries: of 2^48 / (20 × 500,000), some 28 million strong passwords, one is refused for nothing.
 */
const ENTRY_BYTES = 6

const FEW_DIFFERENT = 3 // code points: `aaaaaaaabbbbbbbb`
const SHORT_PIECE = 8 // what is repeated must be longer: `x7kx7kx7kx7kx7k` is a password of three characters
const DATE_LENGTH = 8 // `01021990`: what people put around a word

/** Tells common passwords from others. Nothing of it is slow: lookups, no estimate of strength. */
export class CommonPasswords {
  readonly #entries: Buffer

  /** Reads the list, in a few milliseconds, into as much memory as the file has. @throws when it was not built. */
  constructor() {
    this.#entries = readFileSync(FILE).subarray(HEADER_BYTES)
  }

  /** How many entries the list has. */
  get size(): number {
    return this.#entries.length / ENTRY_BYTES
  }

  /**
   * Whether many people have this password, or it is one of those but for capitals, accents, signs for letters, spaces, digits and
   * signs around it, or repetition. Always of the whole of it: common words within a longer text do no harm.
   */
  has(password: string): boolean {
    const text = plain(password)
    if (this.#isKnown(text)) return true
    const { word, around } = trimmed(text)
    if (this.#isKnown(word)) return around.length <= Math.max(DATE_LENGTH, word.length) || this.#isKnown(around)
    const bare = letters(text)
    return text.length - bare.length <= DATE_LENGTH && this.#isKnown(bare)
  }

  /** Whether this plain text, or what it repeats, stands on the list, or it has next to no characters of its own. */
  #isKnown(text: string): boolean {
    if (text === '') return false
    if (new Set(text).size <= FEW_DIFFERENT) return true
    return [text, ...skeletons(text)].some((form) => form.length * 2 >= text.length && this.#isListed(form))
  }

  /** Whether this form, or what it repeats, stands on the list. */
  #isListed(form: string): boolean {
    const piece = repeatedPiece(form)
    if (piece.length < SHORT_PIECE && piece.length * 2 <= form.length) return true
    return this.#find(piece) || (piece !== form && this.#find(form))
  }

  /** Whether the list has this very text. */
  #find(text: string): boolean {
    const wanted = markOf(text)
    let [low, high] = [0, this.size]
    while (low < high) {
      const middle = (low + high) >>> 1
      const found = this.#entries.readUIntBE(middle * ENTRY_BYTES, ENTRY_BYTES)
      if (found === wanted) return true
      if (found < wanted) low = middle + 1
      else high = middle
    }
    return false
  }
}

/** The number that stands for a text in the list. */
export function markOf(text: string): number {
  return hash('sha256', text, 'buffer').readUIntBE(0, ENTRY_BYTES)
}
