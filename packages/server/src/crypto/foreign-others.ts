/** Hashes as Firebase, Better Auth, and LDAP servers write them, the PHC’s other way of writing PBKDF2, and what nobody takes. */
import { readBase64, readHex } from './base64.ts'
import { DIGEST_BYTES } from './derivation-bounds.ts'
import { oneOf } from './derivation.ts'
import { fromDigest, fromPbkdf2, fromScrypt, readNumber } from './foreign-form.ts'
import type { ForeignForm } from './foreign-form.ts'
import type { Derived } from './stored-hash.ts'

const FORMS: readonly ForeignForm[] = [
  {
    pattern: /^\$fbscrypt\$v=1,n=(\d+),r=(\d+),p=(\d+)((?:,ss=[^,$]*)?),sk=([^,$]*)\$([^$]*)\$([^$]*)$/,
    read: (ln, r, p, separator = '', key = '', salt = '', hash = '') =>
      readFirebase([ln, r, p], separator.slice(',ss='.length), key, salt, hash),
  },
  {
    // Better Auth: the salt is its hexadecimal text itself.
    pattern: /^([0-9a-f]{32}):([0-9a-f]{128})$/,
    read: (salt = '', hash = '') => fromScrypt('nfkc', [14, 16, 1], Buffer.from(salt), readHex(hash)),
  },
  {
    pattern: /^\$pbkdf2-(sha1|sha256|sha512)\$i=(\d+),l=(\d+)\$([^$]*)\$([^$]*)$/,
    read: (name = '', rounds = '', length = '', salt = '', hash = '') => {
      const digest = readBase64(hash, 'plain')
      return digest?.length === readNumber(length) ? fromPbkdf2(name, rounds, readBase64(salt, 'plain'), digest) : null
    },
  },
  { pattern: /^\{(S?)(MD5|SHA|SHA256|SHA512)\}(.*)$/i, read: readLdap },
]

/**
 * Firebase encrypts its signer key, the same for all, with a key stream made from the password. With that signer key the hash tells the
 * key stream, which is kept in its place: so the signer key, a secret of the other product, comes into no database of ours.
 */
function readFirebase(
  [ln = '', r = '', p = '']: readonly (string | undefined)[],
  ...encoded: readonly [separator: string, key: string, salt: string, hash: string]
): Derived | null {
  const [separator, key, salt, hash] = encoded.map(readAnyBase64)
  if (!separator || !key || !salt || hash?.length !== key.length) return null
  const stream = Buffer.from(hash.map((byte, at) => byte ^ (key[at] ?? 0)))
  return fromScrypt(
    'firebase',
    [readNumber(ln), readNumber(r), readNumber(p)],
    Buffer.concat([salt, separator]),
    stream,
  )
}

/** Base64 in any of the ways in which tools export it. */
function readAnyBase64(text: string): Buffer | null {
  return readBase64(text, 'padded') ?? readBase64(text, 'plain') ?? readBase64(text, 'urlsafe')
}

/** LDAP (RFC 2307): the digest, and behind it the salt, which came behind the password. */
function readLdap(salted = '', name = '', encoded = ''): Derived | null {
  const digest = oneOf(['md5', 'sha1', 'sha256', 'sha512'], name.toLowerCase().replace(/^sha$/, 'sha1'))
  const bytes = readBase64(encoded, 'padded')
  if (digest === null || bytes === null) return null
  const length = DIGEST_BYTES[digest]
  if (bytes.length > length !== (salted !== '')) return null
  return fromDigest(digest, 'saltlast', bytes.subarray(length), bytes.subarray(0, length))
}

/** What is refused by its name. */
const REFUSED: readonly ForeignForm[] = [
  { pattern: /^$/, read: () => 'there is none' },
  { pattern: /^\$2x\$/, read: () => 'a broken bcrypt made it ($2x$), in which different passwords are one' },
  {
    pattern: /^\$(?:[1567y]|gy|apr1|md5|sha1)\$/,
    read: () => 'it is of a kind of Unix’s crypt that is not computed here',
  },
  {
    pattern: /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i,
    read: () => 'it is a bare digest that does not say how it was made',
  },
  { pattern: /^\$(?:2[aby]?|argon2|scrypt|pbkdf2|bcrypt|fbscrypt|wrapped|md5|sha)/, read: () => null },
]

/** These forms, and the refusals; the latter come last. */
export const OTHER_FORMS: readonly ForeignForm[] = [...FORMS, ...REFUSED]
