/** The languages that people are spoken to in. */

/** Each by its tag (BCP 47); the first is spoken to whoever wants none of them. */
export const LANGUAGES = ['en', 'fr'] as const

/** A language. */
export type Language = (typeof LANGUAGES)[number]

/** Whether this is the tag of one of the languages. */
export function isLanguage(tag: unknown): tag is Language {
  return (LANGUAGES as readonly unknown[]).includes(tag)
}
