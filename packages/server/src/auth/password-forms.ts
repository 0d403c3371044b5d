/** What people do to a word until it looks like a password, undone: capitals, accents, signs for letters, digits around it, repetition. */

/** What is read as the same letter. `l` is there because `1` and `!` stand for it as often as for `i`. */
const READ_AS: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
  '+': 't',
  l: 'i',
}

const MOST_JUDGED = 1024 // no password has more, but there are signs of three bytes that normalizing makes 18 letters of

/** Lower case, without accents and styles of letters: `Pässword` and `ｐａｓｓｗｏｒｄ` become `password`. For judging only. */
export function plain(text: string): string {
  return text.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '').slice(0, MOST_JUDGED)
}

/**
 * What is left of plain text when only its letters and digits count, look-alikes being one. Two readings, since a sign may
 * stand between words or for a letter: `hello!world` and `p@ssword`.
 */
export function skeletons(text: string): readonly string[] {
  return [skeleton(text), skeleton(lettersAndDigits(text))]
}

/** One reading: whatever can be a letter is one. */
function skeleton(text: string): string {
  return lettersAndDigits(text.replace(/[0134578@$!|+l]/g, (sign) => READ_AS[sign] ?? sign))
}

/** The text without its spaces, signs and symbols. */
function lettersAndDigits(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '')
}

/** The text without all that is no letter. */
export function letters(text: string): string {
  return text.replace(/\P{L}+/gu, '')
}

/** The text from its first letter to its last, and what stands around that, in one piece. */
export function trimmed(text: string): { readonly word: string; readonly around: string } {
  const signs = Array.from(text) // walked through rather than matched: a pattern for the end costs a long run of digits its length squared
  const first = signs.findIndex(isLetter)
  const end = signs.findLastIndex(isLetter) + 1
  if (first < 0) return { word: '', around: text }
  const around = [...signs.slice(0, first), ...signs.slice(end)].join('')
  return { word: signs.slice(first, end).join(''), around }
}

/** Whether this code point is a letter of any script. */
function isLetter(codePoint: string): boolean {
  return /\p{L}/u.test(codePoint)
}

/** The shortest piece that the text repeats, the last time perhaps not whole: `abc` of `abcabca`. The text itself, if it repeats nothing. */
export function repeatedPiece(text: string): string {
  const overlaps: number[] = [0] // at each place, how long an end of what was read so far is also its beginning
  let overlap = 0
  for (let at = 1; at < text.length; at += 1) {
    while (overlap > 0 && text[at] !== text[overlap]) overlap = overlaps[overlap - 1] ?? 0
    if (text[at] === text[overlap]) overlap += 1
    overlaps.push(overlap)
  }
  return text.slice(0, text.length - overlap)
}
