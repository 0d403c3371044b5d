/** What the words of a letter are made of, apart from how a letter looks. */
import type { Language } from '../language.ts'
import type { LetterKind, Letters } from './kinds.ts'

/** The service, as letters call it. */
export interface LetterService {
  /** The name that people know it by: the operator's words, never a stranger's. */
  readonly name: string
  /** The whole address of the service, http or https. */
  readonly url: string
}

/** A link that stands by itself, with what it does. */
export interface LetterLink {
  readonly label: string
  readonly link: string
}

/** Facts by their names, such as When and Device. */
export type LetterFacts = readonly (readonly [name: string, fact: string])[]

/** A letter in words: each block is a paragraph, a link, or facts. The first link is the one to follow. */
export interface Words {
  /** Fixed words and the name of the service, nothing else. */
  readonly subject: string
  readonly blocks: readonly (string | LetterLink | LetterFacts)[]
}

/** Finds the words for one kind of letter. */
export type Wording<Kind extends LetterKind> = (facts: Letters[Kind], service: LetterService) => Words

/** All words of letters in one language. */
export interface Catalogue {
  readonly language: Language
  /** What stands behind a name and before its fact, without the space after it. */
  readonly colon: string
  /** The line at the end of each letter, before the address of the service. */
  readonly foot: (name: string) => string
  readonly letters: { readonly [Kind in LetterKind]: Wording<Kind> }
}
