/** Addresses as the mail system gets them: one address and nothing else, so that no two parsers can differ about it. */
import { SettingsError } from '../errors.ts'
import { canonicalEmail, mailAddress, trimEmail } from '../email.ts'

/** Who a letter is from. */
export interface LetterSender {
  /** What people read before the address; empty for none. */
  readonly name: string
  readonly address: string
  readonly domain: string
}

const LONGEST_NAME = 100
// A name may stand in quotes. What could end a header, or be read as a second address, may stand in none (CVE-2025-13033).
const NAME_AND_ADDRESS = /^(?:"([^"\\<>\p{C}]*)"[ \t]*|([^"\\<>@,;:\p{C}]*))<([^<>]+)>$/u

/**
 * The address with its local part as given and its domain in A-labels, or null where it is not one plain address.
 * Quotes, comments, groups, lists, line ends and all else that mail parsers read differently are none [ASVS 1.3.11].
 */
export function plainEmail(given: string): string | null {
  return canonicalEmail(given) === null ? null : mailAddress(trimEmail(given))
}

/**
 * Reads a sender, such as `Example <accounts@example.com>` or an address alone.
 * @throws {SettingsError} when it is no such thing.
 */
export function readSender(from: string): LetterSender {
  const [, quoted, plain, inner] = NAME_AND_ADDRESS.exec(trimEmail(from)) ?? []
  const name = (quoted ?? plain ?? '').trim()
  const address = plainEmail(inner ?? from)
  if (address === null || name.length > LONGEST_NAME)
    throw new SettingsError(
      'BIENVENUE_MAIL_FROM: must be an address, or a name and one: Example <accounts@example.com>',
    )
  return { name, address, domain: address.slice(address.indexOf('@') + 1) }
}
