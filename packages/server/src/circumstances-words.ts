/** Devices and places in the words of a language. They are stored in English, and made of words of ours alone. */
import type { Language } from './language.ts'

/** How one language says them. What stands in no list, such as Firefox or a network, is the same in all. */
interface Said {
  /** What joins a browser and its system. */
  readonly on: string
  readonly words: Readonly<Record<string, string>>
}

const SAID: Readonly<Record<Language, Said>> = {
  en: { on: ' on ', words: {} },
  fr: {
    on: ' sur ',
    words: {
      'a browser': 'un navigateur',
      'an unknown system': 'un système inconnu',
      'a program': 'un programme',
      'an unknown device': 'un appareil inconnu',
      'this computer': 'cet ordinateur',
      'a local network': 'un réseau local',
      'an unknown place': 'un lieu inconnu',
    },
  },
}

/** A device or a place, as a language says it. */
export function inWordsOf(language: Language, seen: string): string {
  const { on, words } = SAID[language]
  const parts = seen.split(' on ').map((part) => (Object.hasOwn(words, part) ? words[part] : part))
  return parts.join(on)
}
