/** One canonical form for every email, made here and nowhere else, so that all parts agree on who is who. */
import { domainToASCII } from 'node:url'

/** An email in its one canonical form: ASCII, lower case, domain in A-labels. Two people never share one. */
export type CanonicalEmail = string & { readonly __type: 'CanonicalEmail' }

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i // RFC 5321 Dot-string
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const DOMAIN_CHARACTERS = /^[a-z0-9.\-\u{80}-\u{10ffff}]+$/iu // of ASCII only letters, digits, dot and hyphen
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u // not seen, and dropped on the way to A-labels: two that look alike would differ
const EDGES = /^[ \t]+|(?<![ \t])[ \t]+$/g // without the look behind, a run of spaces inside costs its length squared

/** Takes the white space off that forms let slip in: ASCII space and tab at the ends, nothing else. */
export function trimEmail(given: string): string {
  return given.replace(EDGES, '')
}

/**
 * The canonical form of an email as given, or null if it is none. RFC 5321 without quotes, comments and address literals.
 * Look-alike letters in the local part are refused rather than folded: folding is what lets a look-alike find your row (CVE-2019-19844).
 */
export function canonicalEmail(given: string): CanonicalEmail | null {
  const email = trimEmail(given)
  if (email.length > 254) return null
  const at = email.indexOf('@')
  const local = email.slice(0, Math.max(at, 0))
  const domain = canonicalDomain(email.slice(at + 1))
  if (local.length > 64 || !LOCAL_PART.test(local) || domain === null) return null
  const canonical = `${local.toLowerCase()}@${domain}`
  return canonical.length > 254 ? null : (canonical as CanonicalEmail)
}

/** The domain in lower-case A-labels (IDNA), or null when it is no domain name: an address, or not made of labels. */
function canonicalDomain(given: string): string | null {
  if (!DOMAIN_CHARACTERS.test(given) || IGNORABLE.test(given)) return null // before domainToASCII, which decodes %41 and reads addresses
  const labels = domainToASCII(given).split('.')
  const isName = labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
  return isName ? labels.join('.') : null
}

/** An email as mail servers take it: the local part as written, the domain in A-labels. What came in must have been checked. */
export function mailAddress(email: string): string {
  const at = email.indexOf('@')
  return `${email.slice(0, at)}@${canonicalDomain(email.slice(at + 1)) ?? ''}`
}

/** What addresses have in common that one mailbox is likely to stand behind: without dots and a +tag. For counting letters, never for telling people apart. */
export function mailboxOf(key: CanonicalEmail): CanonicalEmail {
  const at = key.indexOf('@')
  const [box = ''] = key.slice(0, at).split('+')
  return `${box.replaceAll('.', '')}${key.slice(at)}` as CanonicalEmail
}
