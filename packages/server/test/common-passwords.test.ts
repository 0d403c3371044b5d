/** The list of common passwords: how much is on it, what it sees through, and what it leaves alone. */
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dictionary } from '@zxcvbn-ts/language-common'
import { expect, test } from 'vitest'
import { commonPasswords } from '../../../scripts/common-passwords.js'
import { CommonPasswords } from '../src/auth/common-passwords.ts'
import { plain, skeletons } from '../src/auth/password-forms.ts'

const common = new CommonPasswords()

/** The entries in the clear, those that look the same to the service counted once. */
const clear = new Map<string, string>()
for (const entry of await commonPasswords()) clear.set(skeletons(plain(entry))[0]!, entry)

/** As many words as make a password, chosen as with dice, with what people put between, around and into them. */
function passphrase(least: number): string {
  const words = dictionary['diceware-common']
  const chosen: string[] = []
  const [between, tail] = [pick([' ', '-', '.', '', '_', ', ', '1']), pick(['', '', '1', '!', '2026', ' 99!'])]
  const asWritten = pick([(word: string) => word, (word: string) => word.charAt(0).toUpperCase() + word.slice(1)])
  while (chosen.length < least || chosen.join(between).length < 15) chosen.push(asWritten(pick(words)))
  return chosen.join(between) + tail
}

/** One of these. */
function pick<T>(choices: readonly T[]): T {
  return choices[randomInt(choices.length)]!
}

test('of 15 characters and more there are over 100,000 different entries, and each of them is refused [ASVS 6.2.4]', () => {
  const long = [...clear].filter(([skeleton, entry]) => skeleton.length >= 15 && Array.from(entry).length >= 15)
  expect(long.length).toBeGreaterThan(100_000) // the standard asks for 3,000 that fit the policy's length
  expect(long.filter(([, entry]) => !common.has(entry))).toEqual([])
  expect(common.size).toBeGreaterThanOrEqual(clear.size)
})

test('of 8 characters and more every entry of the public list is refused, for those who ask for less length [ASVS 6.2.4]', () => {
  const known = dictionary['passwords-common'].filter((entry) => entry.length >= 8)
  expect(known.length).toBeGreaterThan(9000)
  expect(known.filter((entry) => !common.has(entry))).toEqual([])
})

test.each([
  ['a phrase that everyone knows', 'correct horse battery staple'],
  ['a phrase with capitals and a sign', 'MayTheForceBeWithYou!'],
  ['a phrase of another language', 'Ich liebe dich so sehr'],
  ['a phrase with accents, or without', 'contrasena segura'],
  ['a phrase in another script', 'я тебя очень люблю'],
  ['a word, doubled', 'passwordpassword'],
  ['a word, thrice, with spaces', 'dragon dragon dragon'],
  ['a word, repeated and cut', 'sunshinesunshinesun'],
  ['a word, doubled but for its end', 'passwordpasswor'],
  ['a word with a date', 'princess01021990'],
  ['a word with digits before and after', '2026password2026'],
  ['a word with a run of digits', 'dragon123456789'],
  ['a word with many signs', 'superman!!!!!!!!!!!!'],
  ['a word with a year, doubled', 'January2024January2024'],
  ['signs for letters', 'P@ssw0rdP@ssw0rd!!'],
  ['letters of another width', 'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ'],
  ['two words', 'shadow-superman'],
  ['three words that everyone has', 'dragonmonkeymaster'],
  ['a word in a frame', 'I love you, Michelle!'],
  ['a run of digits', '123456789012345'],
  ['a run of digits, backwards', '9876543210987654'],
  ['the alphabet', 'abcdefghijklmnop'],
  ['the keyboard', 'qwertyuiopasdfgh'],
  ['the keyboard, by columns', '1qaz2wsx3edc4rfv5tgb'],
  ['the keyboard of another country', 'qwertzuiopasdfgh'],
  ['the keyboard with shift', '!@#$%^&*()_+!@#'],
  ['one character', 'x'.repeat(15)],
  ['one character, 1,024 times', 'x'.repeat(1024)],
  ['two characters', 'aaaaaaaabbbbbbbb'],
  ['five characters, repeated', 'x7kq2x7kq2x7kq2'],
  ['an emoji', '🦊'.repeat(15)],
])('refused: %s [ASVS 6.2.4]', (_kind, password) => {
  expect(common.has(password)).toBe(true)
})

test.each([
  ['words with a common one among them', 'my password lives under the third oak'],
  ['a phrase with more to it', 'correct horse battery staple and a turnip'],
  ['random letters', 'xkqjvmwhzrtpbnd'],
  ['random digits', '839201746583920'],
  ['random signs with a common word amid', '#7^kQ!love&)2x{9z'],
  ['four emoji and a word', '🦊🐢🌵🎲 overgrown'],
  ['a password that ends as it began', 'qm7vw!zrtk2hbdq'],
  ['a short one that ends as it began', 'qm7vwxzq'],
  ['a common word with random digits after it', 'dragon839201746583'],
  ['a common word with random digits between its letters', 's7u2n9s4h6i3n8e51'],
  ['a long one, twice', 'turnip lantern turnip lantern'],
  ['another script', 'жёлтый чайник думает о море'],
])('left alone: %s [ASVS 6.2.4] [ASVS 6.2.5]', (_kind, password) => {
  expect(common.has(password)).toBe(false)
})

test('of 2,000 passphrases of random words, not one is refused', () => {
  const passphrases = Array.from({ length: 2000 }, (_, at) => passphrase(3 + (at % 4)))
  expect(passphrases.filter((password) => common.has(password))).toEqual([])
})

test('the licence of the public list lies beside what was made from it', () => {
  const notice = readFileSync(new URL('../data/common-passwords.txt', import.meta.url), 'utf8')
  expect(notice).toMatch(
    /Copyright \(c\) 2012-2016 Dan Wheeler.*Permission is hereby granted.*THE SOFTWARE IS PROVIDED/s,
  )
})
