/** The letters that the service writes. */
import { ENGLISH } from './english/english.ts'
import { frame } from './frame.ts'
import type { WrittenLetter } from './frame.ts'
import type { LetterKind, Letters } from './kinds.ts'
import type { Catalogue, LetterService } from './words.ts'

export type { LetterKind, Letters } from './kinds.ts'

/**
 * The letter of this kind that tells these facts.
 * @throws {TypeError} for a link that does not lead to the web.
 */
export function writeLetter<Kind extends LetterKind>(
  kind: Kind,
  facts: Letters[Kind],
  service: LetterService,
): WrittenLetter {
  const catalogue: Catalogue = ENGLISH
  return frame(catalogue[kind](facts, service), service)
}
