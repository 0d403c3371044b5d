/** One list inside of a large JSON document, `{ "users": [ … ] }`: its objects one after the other, in flat memory. */
import type { Placed } from './objects.ts'
import { UnreadableSource } from './record.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])
const OPEN_LIST = 0x5b
const OPEN_OBJECT = 0x7b
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d])
const LONGEST_NAME = 200
/** An account has some thousand bytes; what is longer is none, and memory stays flat whatever a file holds. */
const LONGEST_OBJECT = 1024 * 1024

/**
 * The objects of the list that the document has under this name, counted from 1.
 * @throws {UnreadableSource} when the bytes are no such document, or end in its middle.
 */
export async function* objectsIn(stream: AsyncIterable<Buffer>, member: string): AsyncGenerator<Placed> {
  const scanner = new ListScanner(member)
  let place = 0
  for await (const chunk of stream) for (const text of scanner.feed(chunk)) yield { place: ++place, text }
  scanner.end()
}

/**
 * Finds where the objects of the list begin and end: it counts brackets outside of strings. What stands between two ends
 * is read by `JSON.parse` afterwards; of the rest of the document nothing is taken.
 */
class ListScanner {
  readonly #member: string
  #depth = 0
  #inString = false
  #escaped = false
  /** Whether a string in the outermost object would be a name now, and no value. */
  #atName = true
  #name = ''
  #inList = false
  #hadList = false
  #ended = false
  #parts: Buffer[] = []
  #length = 0

  constructor(member: string) {
    this.#member = member
  }

  /** Takes the next bytes of the document. Yields the objects that end in them. */
  *feed(chunk: Buffer): Generator<string | null> {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (this.#inString) this.#inside(byte)
      else {
        const before = this.#depth
        this.#outside(byte)
        if (this.#inList && before === 2 && this.#depth === 3) start = at
        if (this.#inList && before === 3 && this.#depth === 2) yield this.#element(chunk.subarray(start, at + 1))
      }
    }
    if (this.#inList && this.#depth > 2) this.#keep(chunk.subarray(start))
  }

  /** Is called after the last byte. */
  end(): void {
    if (!this.#ended) throw new UnreadableSource('the file ends in the middle: it is no whole JSON document')
    if (!this.#hadList) throw new UnreadableSource(`the file has no list "${this.#member}"`)
  }

  /** A byte of a string. */
  #inside(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
    if (this.#inString && this.#depth === 1 && this.#atName && this.#name.length < LONGEST_NAME) {
      this.#name += String.fromCharCode(byte)
    }
  }

  /** A byte between strings. */
  #outside(byte: number): void {
    if (BLANKS.has(byte)) return
    if (this.#ended) throw new UnreadableSource('there is something behind the end of the JSON document')
    if (this.#depth === 0) this.#begin(byte)
    else if (OPENING.has(byte)) this.#open(byte)
    else if (CLOSING.has(byte)) this.#close()
    else this.#between(byte)
  }

  /** The first byte of the document. */
  #begin(byte: number): void {
    if (byte !== OPEN_OBJECT) throw new UnreadableSource(`the file is no JSON object with a list "${this.#member}"`)
    this.#depth = 1
  }

  /** A bracket opens. */
  #open(byte: number): void {
    this.#depth++
    if (this.#depth === 2 && byte === OPEN_LIST && this.#name === this.#member) {
      this.#inList = true
      this.#hadList = true
    } else if (this.#depth === 3 && this.#inList && byte !== OPEN_OBJECT) this.#refuse()
  }

  /** A bracket closes. */
  #close(): void {
    this.#depth--
    if (this.#depth === 1) this.#inList = false
    if (this.#depth === 0) this.#ended = true
  }

  /** A quote, a comma, a colon, or a letter of a number or a word. */
  #between(byte: number): void {
    if (this.#depth === 2 && this.#inList && byte !== COMMA) this.#refuse()
    if (byte === QUOTE) this.#inString = true
    if (this.#depth !== 1) return
    if (byte === COMMA) this.#atName = true
    if (byte === COLON) this.#atName = false
    if (byte === QUOTE && this.#atName) this.#name = ''
  }

  /** The list holds something else than objects. */
  #refuse(): never {
    throw new UnreadableSource(`the list "${this.#member}" holds something that is no object`)
  }

  /** Keeps a part of an object that goes on in the next bytes; of one that is too long no more than its length. */
  #keep(part: Buffer): void {
    this.#length += part.length
    if (this.#length <= LONGEST_OBJECT) this.#parts.push(part)
    else this.#parts = []
  }

  /** The object that ends with this part. */
  #element(last: Buffer): string | null {
    this.#keep(last)
    const whole = this.#length > LONGEST_OBJECT ? null : decoded(Buffer.concat(this.#parts))
    this.#parts = []
    this.#length = 0
    return whole
  }
}

/** The text, or null where the bytes are no UTF-8. */
function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
