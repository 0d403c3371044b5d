/** Computes derivations: the slow work itself. All of it is done in libuv's threads, of which the hashing process has as many as jobs. */
import { hashRaw as argon2Raw, parseOptions } from '@node-rs/argon2'
import { hash as bcryptHash } from '@node-rs/bcrypt'
import { createCipheriv, createHash, createHmac, pbkdf2, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { readBcrypt64, writeBase64, writeBcrypt64 } from './base64.ts'
import { writeDerivation } from './derivation.ts'
import type { Argon2, Bcrypt, Derivation, Digest, Scrypt } from './derivation.ts'

const pbkdf2Async = promisify(pbkdf2)
const scryptAsync = promisify<string | Buffer, Buffer, number, object, Buffer>(scrypt)

/** The digest of a password, of so many bytes where the function leaves it open. The costs must be in bounds. */
export async function derive(password: string | Buffer, derivation: Derivation, length: number): Promise<Buffer> {
  switch (derivation.name) {
    case 'digest':
      return digestOf(password, derivation)
    case 'pbkdf2':
      return pbkdf2Async(password, derivation.salt, derivation.rounds, length, derivation.digest)
    case 'scrypt':
      return scryptOf(password, derivation, length)
    case 'bcrypt':
      return bcryptOf(password, derivation)
    case 'argon2':
      return argon2Of(password, derivation, length)
  }
}

/** One round of a fast hash. */
function digestOf(password: string | Buffer, { digest, salting, salt }: Digest): Buffer {
  if (salting === 'hmac') return createHmac(digest, salt).update(password).digest()
  const [first, last] = salting === 'saltfirst' ? [salt, password] : [password, salt]
  return createHash(digest).update(first).update(last).digest()
}

/** Scrypt, with what Better Auth does before it and Firebase after it. */
async function scryptOf(
  password: string | Buffer,
  { variant, ln, r, p, salt }: Scrypt,
  length: number,
): Promise<Buffer> {
  const N = 2 ** ln
  const cost = { N, r, p, maxmem: 2 * 128 * N * r + 256 * r * p + 65_536 }
  const secret = variant === 'nfkc' ? password.toString().normalize('NFKC') : password
  if (variant !== 'firebase') return scryptAsync(secret, salt, length, cost)
  const key = await scryptAsync(secret, salt, 32, cost)
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}

/** Bcrypt's digest alone: the library's answer is a whole hash. */
async function bcryptOf(password: string | Buffer, { over, cost, salt }: Bcrypt): Promise<Buffer> {
  const hash = await bcryptHash(beforeBcrypt(password, over, salt), cost, salt)
  return readBcrypt64(hash.slice(-31)) ?? Buffer.alloc(0)
}

/** What bcrypt reads: the password, or the text of a digest of it. */
function beforeBcrypt(password: string | Buffer, over: Bcrypt['over'], salt: Buffer): string | Buffer {
  if (over === 'password') return password
  if (over === 'hmac-base64') return createHmac('sha256', writeBcrypt64(salt)).update(password).digest('base64')
  return createHash('sha256')
    .update(password)
    .digest(over === 'sha256-hex' ? 'hex' : 'base64')
}

/** Argon2's digest alone. The library reads its options from the text of a hash, so that its numbers for types and versions stay its own. */
async function argon2Of(password: string | Buffer, derivation: Argon2, length: number): Promise<Buffer> {
  const text = `${writeDerivation(derivation)}$${writeBase64(Buffer.alloc(length), 'plain')}`
  return argon2Raw(password, { ...parseOptions(text), salt: derivation.salt })
}
