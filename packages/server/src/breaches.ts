/** Asks a range query service whether a password is known from a breach, without letting it know which password. [ASVS 6.2.12] */
import { hash } from 'node:crypto'
import { SettingsError } from './errors.ts'
import { isLoopback } from './settings-safety.ts'

/** Knows passwords from breaches. */
export interface BreachList {
  /** Whether the password is known from a breach; null when that cannot be told now. Never throws. */
  contains(password: string): Promise<boolean | null>
}

/** Where it is noted that the list could not be asked. */
interface Log {
  warn(details: object, message: string): void
}

const PREFIX_LETTERS = 5
const MOST_MILLISECONDS = 1000 // in all: connecting, waiting and reading
const MOST_BYTES = 1_048_576 // an answer has some 80,000
const ROW = /^([0-9A-F]{35}):(\d{1,12})$/i
const SILENT_MILLISECONDS = 60_000
const MOST_AT_ONCE = 16 // a flood of registrations must not become one of questions to somebody else's service

/**
 * The list behind this address, to which five letters of a hash are appended. Its host, and no other, is ever asked. [ASVS 1.3.6]
 * @throws {SettingsError} when the address is not https, or says more than where the service is.
 */
export function openBreachList(url: string, log: Log, now: () => Date = () => new Date()): BreachList {
  const base = baseOf(url)
  let [silentUntil, underWay] = [0, 0]
  return {
    async contains(password) {
      underWay++
      try {
        if (underWay > MOST_AT_ONCE) throw new TooManyAtOnce()
        return await isListed(base, password)
      } catch (error) {
        // At most one line a minute, and only the kind of failure: the address asked ends in a part of the password's hash.
        if (now().getTime() >= silentUntil) {
          silentUntil = now().getTime() + SILENT_MILLISECONDS
          const reason = error instanceof Error ? error.name : 'unknown'
          log.warn(
            { reason, host: base.host },
            'the breach list could not be asked; the list that came along decides alone',
          )
        }
        return null
      } finally {
        underWay--
      }
    },
  }
}

/** The address that letters are appended to. */
function baseOf(given: string): URL {
  const url = new URL(given)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new SettingsError('BIENVENUE_PASSWORDS_BREACH_URL: must be an https address, or one of this machine.')
  if (url.username + url.password + url.search + url.hash !== '')
    throw new SettingsError('BIENVENUE_PASSWORDS_BREACH_URL: must be host and path alone, such as https://host/range/.')
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/** Looks for the rest of the password's hash among those that begin with the same letters. @throws when there is no usable answer. */
async function isListed(base: URL, password: string): Promise<boolean> {
  // SHA-1 is what the service's protocol asks for, and no protection of ours: that lies in sending five letters, which fit any number of passwords.
  const digest = hash('sha1', password).toUpperCase()
  const rest = digest.slice(PREFIX_LETTERS)
  const rows = (await answerOf(new URL(digest.slice(0, PREFIX_LETTERS), base))).trimEnd().split(/\r?\n/)
  const counts = rows.map((row) => ROW.exec(row))
  if (counts.includes(null)) throw new UnusableAnswer()
  // A count of nought is padding, which hides from onlookers how long the real answer is.
  return counts.some((row) => row?.[1]?.toUpperCase() === rest && Number(row[2]) > 0)
}

/** What the service says, as text. No redirect is followed [ASVS 15.3.2], no cookie kept. @throws when it is not 200, late, or too long. */
async function answerOf(url: URL): Promise<string> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(MOST_MILLISECONDS),
    headers: { 'Add-Padding': 'true', 'User-Agent': 'bienvenue', Accept: 'text/plain' },
  })
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    throw new UnusableAnswer()
  }
  const decoder = new TextDecoder()
  let [bytes, text] = [0, '']
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > MOST_BYTES) throw new UnusableAnswer() // which leaves the loop, and that closes the connection
    text += decoder.decode(chunk, { stream: true })
  }
  return text
}

/** So many questions are under way that one more is not asked. */
class TooManyAtOnce extends Error {
  override readonly name = 'TooManyAtOnce'
}

/** The service answered, but nothing that can be read. */
class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer'
}
