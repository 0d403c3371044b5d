/** Which language a person gets: the one that they chose on a page, else the one that their browser asks for, else English. */
import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { isLanguage, LANGUAGES } from '../../../language.ts'
import type { Language } from '../../../language.ts'
import { english } from './english.ts'
import { french } from './french.ts'
import type { Words } from './words.ts'

/** The words of each language. */
export const WORDS: Readonly<Record<Language, Words>> = { en: english, fr: french }

/** The name of each language in itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' }

/** The language of a request; `chosen` is what the person's cookie says. */
export function languageOf({ raw }: Pick<FastifyRequest, 'raw'>, chosen: string | null): Language {
  const wanted = [chosen, new Negotiator(raw).language([...LANGUAGES])]
  return wanted.find(isLanguage) ?? LANGUAGES[0]
}
