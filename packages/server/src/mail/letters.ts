/** The letters that the service writes. */
import { LANGUAGES } from '../language.ts'
import type { Language } from '../language.ts'
import { ENGLISH } from './english/english.ts'
import { FRENCH } from './french/french.ts'
import { frame } from './frame.ts'
import type { WrittenLetter } from './frame.ts'
import type { LetterKind, Letters } from './kinds.ts'
import type { Catalogue, LetterService } from './words.ts'

export type { LetterKind, Letters } from './kinds.ts'

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en: ENGLISH, fr: FRENCH }

/**
 * The letter of this kind that tells these facts, in this language.
 * @throws {TypeError} for a link that does not lead to the web.
 */
export function writeLetter<Kind extends LetterKind>(
  kind: Kind,
  facts: Letters[Kind],
  service: LetterService,
  language: Language = LANGUAGES[0],
): WrittenLetter {
  const catalogue = CATALOGUES[language]
  return frame(catalogue.letters[kind](facts, service), service, catalogue)
}
