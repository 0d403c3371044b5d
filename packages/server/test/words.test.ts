/** The catalogues of the pages: each language says everything that English says, puts the same into it, and left nothing as it was. */
import { describe, expect, test } from 'vitest'
import { WORDS } from '../src/app/pages/words/language.ts'
import { LANGUAGES } from '../src/language.ts'
import type { Language } from '../src/language.ts'

/** What is the same in two languages because it is the same word. A line here is a decision. */
const ALIKE: Readonly<Record<Language, readonly string[]>> = {
  en: [],
  fr: ['Aaa minutes', '1 minute', '41 minutes'],
}

/** How a language is set: what never stands in its texts. A language without rules of its own needs no line. */
const WRONG: Partial<Record<Language, RegExp>> = {
  fr: /[^\u00a0\u202f\d][:;?!](?=\s|$)|[\u00ab](?![\u00a0\u202f])|'|\.\.\./,
}

/** What is put into texts that are functions: names, and numbers of one and of many. */
const PUT_IN: readonly (readonly unknown[])[] = [
  ['Aaa', 'Bbb', 'Ccc'],
  [1, 1, 1],
  [41, 42, 43],
]

/** Every text of a catalogue, by where it stands. */
function textsOf(words: unknown, place: string): readonly (readonly [place: string, text: string])[] {
  if (typeof words === 'string') return [[place, words]]
  if (typeof words === 'function') {
    const say = words as (...put: readonly unknown[]) => unknown
    return PUT_IN.flatMap((put) => textsOf(say(...put), `${place}(${String(put[0])})`))
  }
  return Object.entries(words as object).flatMap(([key, inner]) => textsOf(inner, `${place}.${key}`))
}

/** What was put into a text, in the order of the list above. */
function putInto(text: string): readonly string[] {
  return PUT_IN.flat()
    .map(String)
    .filter((put) => put !== '1' && text.includes(put))
}

const english = new Map(textsOf(WORDS.en, 'en'))

/** Where the same text stands in English. */
function inEnglish(place: string): string | undefined {
  return english.get(place.replace(/^\w+/, 'en'))
}

describe.each(LANGUAGES.filter((language) => language !== 'en'))('the catalogue %s', (language) => {
  const texts = textsOf(WORDS[language], language)

  test('has every text that English has, and no other', () => {
    const places = texts.map(([place]) => place.replace(/^\w+/, 'en'))
    expect(places.sort()).toEqual([...english.keys()].sort())
  })

  test('leaves nothing empty, and nothing as it is in English', () => {
    const left = texts.filter(([place, text]) => (text === '') !== (inEnglish(place) === ''))
    const same = texts.filter(
      ([place, text]) => text === inEnglish(place) && /\p{L}/u.test(text) && !ALIKE[language].includes(text),
    )
    expect([...left, ...same]).toEqual([])
  })

  test('puts the same names and numbers into its texts', () => {
    const other = texts.filter(([place, text]) => putInto(text).join() !== putInto(inEnglish(place) ?? '').join())
    expect(other).toEqual([])
  })

  test('is set as the language is', () => {
    const wrong = WRONG[language]
    expect(texts.filter(([, text]) => wrong?.test(text) === true)).toEqual([])
  })

  test('has neither space at an end, nor a sentence of HTML', () => {
    expect(texts.filter(([, text]) => text !== text.trim() || /[<>]|&\w+;/.test(text))).toEqual([])
  })
})

test('the list of what is alike in two languages names nothing that is not there', () => {
  for (const language of LANGUAGES) {
    const texts = new Set(textsOf(WORDS[language], language).map(([, text]) => text))
    expect(ALIKE[language].filter((text) => !texts.has(text))).toEqual([])
  }
})
