/**
 * Makes the list of common passwords that the service ships, packages/server/data/common-passwords.bin: hashes of a public list,
 * of common phrases, of runs on keyboards and in alphabets, and of what people make of these. The licence of the public list lies beside it.
 */
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(import.meta.dirname)
const data = join(root, 'packages/server/data')
const target = join(data, 'common-passwords.bin')
const source = join(root, 'node_modules/@zxcvbn-ts/language-common')
const phrasesFile = join(import.meta.dirname, 'common-phrases.txt')
const madeFrom = [
  fileURLToPath(import.meta.url),
  phrasesFile,
  join(root, 'packages/server/src/auth/password-forms.ts'),
  join(root, 'packages/server/src/auth/common-passwords.ts'),
  join(source, 'package.json'),
]

const PAIRED = 400 // of the most common words, each with each
const TRIPLED = 30
const FRAMED = 1500 // of the most common words, each in each frame
const SHORTEST = 4 // characters: what is shorter stands for too much
const LONGEST_RUN = 40

/** What people put around a name or a word. The service itself sees through digits, signs and capitals. */
const FRAMES =
  `ilove* iloveyou* *iloveyou ilove*forever ilovemy* ihate* imiss* iam* myname* mynameis* thisis* my*isthebest
*isthebest *forever *forlife *4life *4ever *isawesome *iscool *rocks *rules *sucks *love *lover *baby *girl *boy *man *king
*queen *password password* *passwort passwort* my*password the*password secret* *secret letmein* welcome* welcometo* hello*
hi* go* the* theone* big* little* super* baby* sexy* love* my* mysweet* mybaby* mylove* happy* crazy* princess* king* mr*
iwant* iheart* i<3* *and* *&me *andme *loves* *family *home *house *qwerty qwerty* *admin admin* abc* *abc test* *test`.split(
    /\s+/,
  )

/** Rows of keys and alphabets, along which people let a finger run. */
const ROWS = [
  '1234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'qwertyuiopasdfghjklzxcvbnm',
  'asdfghjkl',
  'zxcvbnm',
  '1234567890qwertyuiopasdfghjklzxcvbnm',
  'qwertyuiop[]asdfghjkl;zxcvbnm,./',
  'qwertzuiopasdfghjklyxcvbnm',
  'qwertzuiopüasdfghjklöäyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p7q8r9s',
  'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9',
  'qazwsxedcrfvtgbyhnujmikolp',
  'qawsedrftgyhujikolp',
  'qweasdzxcrtyfghvbnuiojklm',
  'qwerasdfzxcvtyuighjkbnm',
  '1234qwerasdfzxcv5678tyuighjkbnm',
  '123qweasdzxc456rtyfghvbn789uiojkl',
  'zaq12wsxcde34rfvbgt56yhnmju78ik',
  '147258369',
  '159357456',
  '112233445566778899001122334455',
  '111222333444555666777888999000',
  'aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz',
  'aaabbbcccdddeeefffggghhhiiijjjkkklll',
  'abc123def456ghi789jkl012mno345',
  '123abc456def789ghi012jkl345mno',
  '0123456789abcdef',
  '!@#$%^&*()_+',
  '!"§$%&/()=?',
  '24681012141618202224',
  '13579111315171921232527',
  '235711131719232931374143',
  '11235813213455891442333776109871597',
  '3141592653589793238462643383279502884197',
  '2718281828459045235360287471352662497757',
  '1414213562373095048801688724209698',
  '1618033988749894848204586834365638',
  'абвгдеёжзийклмнопрстуфхцчшщъыьэюя',
  'йцукенгшщзхъфывапролджэячсмитьбю',
  'αβγδεζηθικλμνξοπρστυφχψω',
]

/** The list in the clear, as people type it, some entries twice. */
export async function commonPasswords() {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const known = dictionary['passwords-common']
  const phrases = readFileSync(phrasesFile, 'utf8').trimEnd().split('\n')
  const words = known.filter((entry) => /^[a-z]{4,}$/.test(entry))
  return everyEntry(known, words, phrases)
}

/**
 * The entries and what is made of them. Doubled and tripled ones, years, tails of digits, capitals and signs for letters
 * need no entry: CommonPasswords sees through all of these.
 * @param {readonly string[]} known
 * @param {readonly string[]} words
 * @param {readonly string[]} phrases
 */
function* everyEntry(known, words, phrases) {
  yield* known
  for (const phrase of phrases) yield* [phrase, `${phrase} password`, `${phrase} forever`, `my ${phrase}`]
  for (const row of ROWS) yield* runsOf(row)
  for (const word of words.slice(0, FRAMED)) for (const frame of FRAMES) yield frame.replaceAll('*', word)
  for (const one of words.slice(0, PAIRED)) for (const other of words.slice(0, PAIRED)) yield one + other
  const few = words.slice(0, TRIPLED)
  for (const one of few) for (const two of few) for (const three of few) yield one + two + three
}

/**
 * All runs along a row, from any place, beginning again at its end, forwards and backwards.
 * @param {string} row
 */
function* runsOf(row) {
  const backwards = Array.from(row).reverse().join('')
  for (const round of [row, backwards, row + backwards].map((part) =>
    part.repeat(Math.ceil((2 * LONGEST_RUN) / part.length)),
  )) {
    for (let from = 0; from < Math.min(row.length, LONGEST_RUN); from += 1) {
      for (let length = SHORTEST; length <= LONGEST_RUN; length += 1) yield round.slice(from, from + length)
    }
  }
}

/** What the list is made from, in 32 bytes: another version of anything makes another. */
function fingerprint() {
  const all = createHash('sha256')
  for (const file of madeFrom) all.update(readFileSync(file)).update('\0')
  return all.digest()
}

/** The mark of the list that is there, or an empty one where there is none. */
function presentMark() {
  try {
    const file = openSync(target, 'r')
    const mark = Buffer.alloc(32)
    readSync(file, mark)
    closeSync(file)
    return mark
  } catch {
    return Buffer.alloc(0)
  }
}

/** The hashes of all entries in all forms that the service looks up, in order, each once. */
async function sortedMarks() {
  const { markOf } = await import('../packages/server/src/auth/common-passwords.ts')
  const { plain, skeletons } = await import('../packages/server/src/auth/password-forms.ts')
  /** @type {Set<string>} */
  const forms = new Set()
  for (const entry of await commonPasswords()) {
    const text = plain(entry)
    const isWhole = /^[\p{L}\p{N}]*$/u.test(text) // then its skeleton says all that there is to say
    for (const form of isWhole ? skeletons(text) : [text, ...skeletons(text)])
      if (form.length >= SHORTEST) forms.add(form)
  }
  return new Float64Array(new Set(Array.from(forms, markOf))).sort()
}

/** Makes the list anew where it is missing or made from something else, and says so in one line. */
export async function buildCommonPasswords() {
  const mark = fingerprint()
  if (presentMark().equals(mark)) return
  const start = Date.now()
  const marks = await sortedMarks()
  const bytes = Buffer.alloc(mark.length + marks.length * 6)
  mark.copy(bytes)
  marks.forEach((number, at) => bytes.writeUIntBE(number, mark.length + at * 6, 6))
  mkdirSync(data, { recursive: true })
  put(join(data, 'common-passwords.txt'), licence())
  put(target, bytes)
  console.error(
    `Built packages/server/data/${basename(target)}: ${marks.length} entries in ${((Date.now() - start) / 1000).toFixed(1)} s.`,
  )
}

/** What lies beside the list: what it is, and the notice that the licence of its source asks for. */
function licence() {
  const { name, version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  return `common-passwords.bin holds hashes of common passwords, made from ${name} ${version} and from phrases of our own.
The notice of ${name}:

${readFileSync(join(source, 'LICENSE.txt'), 'utf8')}`
}

/**
 * Writes a file aside and moves it to its place, so that nobody reads half of it.
 * @param {string} path
 * @param {string | Buffer} content
 */
function put(path, content) {
  const aside = `${path}.${process.pid}`
  try {
    writeFileSync(aside, content)
    renameSync(aside, path)
  } finally {
    rmSync(aside, { force: true })
  }
}
