/**
 * Reads the text of a password hash from elsewhere. Whoever wrote it, it becomes one of our stored forms, a weak digest that has to be
 * wrapped first, or a refusal that people can read. Pure, and quick for any text. [ASVS 1.5.2, hardened 28]
 */
import { DIGEST_BYTES, isAffordable, isDigestLength, isWeak } from './derivation-bounds.ts'
import { schemeOf } from './derivation.ts'
import type { ForeignForm } from './foreign-form.ts'
import { OTHER_FORMS } from './foreign-others.ts'
import { PYTHON_FORMS } from './foreign-python.ts'
import { legacyHash, LONGEST_HASH, readDerived, readStoredHash, writeDerived } from './stored-hash.ts'
import type { Derived, LegacyHash, PasswordHash } from './stored-hash.ts'

/**
 * What became of a hash from elsewhere: `stored` may be stored as it is, `weak` must be wrapped in argon2id first, `none` cannot be taken,
 * for a reason that is meant for people and holds nothing of the hash. The scheme is for counting.
 */
export type ForeignHash =
  | { readonly is: 'stored'; readonly scheme: string; readonly hash: PasswordHash }
  | { readonly is: 'weak'; readonly scheme: string; readonly legacy: LegacyHash }
  | { readonly is: 'none'; readonly reason: string }

const FORMS: readonly ForeignForm[] = [...PYTHON_FORMS, ...OTHER_FORMS]

/** Reads a hash as it stood in another product's database or export. Never throws. */
export function readForeignHash(given: string): ForeignHash {
  if (given.length > LONGEST_HASH) return none('it is longer than any hash')
  const text = plainForm(given)
  const own = readOwn(text)
  if (own !== null) return own
  for (const { pattern, read } of FORMS) {
    const [found, ...groups] = pattern.exec(text) ?? []
    if (found === undefined) continue
    const derived = read(...groups)
    if (derived === null) return none('it is not written as hashes of its kind are')
    return typeof derived === 'string' ? none(derived) : taken(derived)
  }
  return none('it is in no form that is known here')
}

/** The form of the PHC or of bcrypt, without the name that Django, Spring or LDAP put before it, and with the version that argon2 1.0 left out. */
function plainForm(text: string): string {
  return text
    .replace(/^(?:argon2(?=\$argon2)|bcrypt\$(?=\$2)|\{(?:argon2|bcrypt|crypt)\}(?=\$))/i, '')
    .replace(/^(\$argon2(?:d|i|id)\$)(?=m=)/, '$1v=16$')
}

/** Reads the forms in which hashes are stored here, which those of the PHC and of bcrypt are; null for any other text. */
function readOwn(text: string): ForeignHash | null {
  const stored = readStoredHash(text)
  if (stored !== null && stored.inner !== null) {
    return { is: 'stored', scheme: schemeOf(stored.inner.derivation), hash: text as PasswordHash }
  }
  const derived = readDerived(text)
  const reading = derived === null ? null : taken(derived)
  return reading?.is === 'stored' && stored !== null ? { ...reading, hash: text as PasswordHash } : reading
}

/** What becomes of a hash that could be read. */
function taken(given: Derived): ForeignHash {
  const { derivation, digest } = given
  const scheme = schemeOf(derivation)
  if (!isAffordable(derivation)) return none('its cost or its salt is out of bounds')
  // The blocks of PBKDF2 are independent, so the first one says all, and an attacker would compute no other.
  const most = derivation.name === 'pbkdf2' ? DIGEST_BYTES[derivation.digest] : digest.length
  const derived = { derivation, digest: digest.subarray(0, most) }
  if (!isDigestLength(derivation, derived.digest.length))
    return none('its digest has another length than hashes of its kind')
  if (isWeak(derivation)) return { is: 'weak', scheme, legacy: legacyHash(derived) }
  return { is: 'stored', scheme, hash: writeDerived(derived) }
}

/** A refusal. */
function none(reason: string): ForeignHash {
  return { is: 'none', reason }
}
