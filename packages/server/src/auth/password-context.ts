/** The words of this service and of the person, and what counts as a password made of them. [ASVS 6.1.2] [ASVS 6.2.11] */
import { domainToUnicode } from 'node:url'
import type { Settings } from '../settings.ts'
import { letters, plain, repeatedPiece, skeletons, trimmed } from './password-forms.ts'

const PRODUCT = 'bienvenue'
const SHORTEST_WORD = 3 // two letters are part of too much
const LONGEST_REST = 64 // a bound on the work: an email can be thirty words, each beginning with the one before

/**
 * The words that no password may be made of, whoever has it: the name of the product, the labels of the host's name in
 * `service.url`, and `passwords.contextWords`.
 */
export function wordsOfService({ passwords, service }: Pick<Settings, 'passwords' | 'service'>): readonly string[] {
  const host = service.url === null ? '' : new URL(service.url).hostname
  return [PRODUCT, domainToUnicode(host), ...passwords.contextWords].flatMap(wordsOf)
}

/** The words of an email: the parts of what stands before the @, and the labels of its domain. */
export function wordsOfEmail(email: string): readonly string[] {
  const at = email.lastIndexOf('@')
  return [email.slice(0, Math.max(at, 0)), domainToUnicode(email.slice(at + 1))].flatMap(wordsOf)
}

/** A name as words in the form in which they are compared: its parts, and the whole; `bob1985` is also `bob`. */
function wordsOf(name: string): readonly string[] {
  const text = plain(name)
  return [text, ...text.split(/[^\p{L}\p{N}]+/u)]
    .flatMap((part) => [...skeletons(part), ...skeletons(trimmed(part).word)])
    .filter((word) => word.length >= SHORTEST_WORD)
}

/**
 * Whether the whole password is one of these words or several joined, but for capitals, accents, signs for letters, digits
 * and signs around and between them, repetition, or the direction it is read in. A word within a longer text does no harm.
 */
export function isMadeOf(password: string, words: readonly string[]): boolean {
  const pieces = new Set(formsOf(password).flatMap((form) => [form, repeatedPiece(form)]))
  const different = new Set(words)
  return [...pieces].some((piece) => isJoined(piece, different) || isJoined(backwards(piece), different))
}

/** What is left beside one of these words where the password begins or ends with it, so that `bienvenue-password` can be judged too. */
export function restsBeside(password: string, words: readonly string[]): readonly string[] {
  const long = [...new Set(words)].filter((word) => word.length > SHORTEST_WORD)
  const rests = [...new Set(formsOf(password))].flatMap((form) =>
    long.flatMap((word) => [
      ...(form.startsWith(word) ? [form.slice(word.length)] : []),
      ...(form.endsWith(word) ? [form.slice(0, -word.length)] : []),
    ]),
  )
  return [...new Set(rests)].filter((rest) => rest.length <= LONGEST_REST)
}

/** The password whole, without what stands around its words, and as letters alone. */
function formsOf(password: string): readonly string[] {
  const text = plain(password)
  return [text, trimmed(text).word, letters(text)].flatMap(skeletons)
}

/** Whether the text is nothing but such words, one after the other. */
function isJoined(text: string, words: ReadonlySet<string>): boolean {
  const reached = new Set([0]) // the places where a word may begin; what is added while it is gone through is gone through too
  for (const at of reached) {
    for (const word of words) if (text.startsWith(word, at)) reached.add(at + word.length)
  }
  return text !== '' && reached.has(text.length)
}

/** The text from its end to its beginning. */
function backwards(text: string): string {
  return Array.from(text).reverse().join('')
}
