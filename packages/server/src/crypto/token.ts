/** Tokens: what people hold to prove a session or a reset, and the keyed hashes of them that we keep. */
import { createHmac, createSecretKey, hkdfSync, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** `id.secret`, handed out once. The id names a row, 256 random bits guard it. Never store or log it: keep its `TokenMac`. */
export type Token = string & { readonly __type: 'Token' }
/** The form in which a token's secret may be stored. */
export type TokenMac = string & { readonly __type: 'TokenMac' }
/** What the one-time tokens in links are good for: whoever ends all links goes through this list. */
export const LINK_PURPOSES = ['reset', 'verify', 'email', 'undo', 'keep'] as const
/** What a one-time token is good for. */
export type LinkPurpose = (typeof LINK_PURPOSES)[number]
/** What a token is good for. It is part of the keyed hash, so a token for one thing is none for another (CVE-2026-1529). */
export type Purpose = 'session' | 'device' | LinkPurpose

/** Whom a token is about: a person's id, or several things joined, none of which can hold a colon. */
export type Subject = number | string

/** What is stored of a token. */
export interface StoredToken {
  readonly id: string
  readonly mac: TokenMac
  /** Names the key of the MAC, so that keys can be exchanged. */
  readonly keyId: string
}

interface Key {
  readonly id: string
  readonly key: KeyObject
  readonly names: KeyObject
  readonly proofs: KeyObject
  readonly audit: KeyObject
}

/** A keyed hash over a text, and which key made it. */
export interface Seal {
  readonly mac: string
  readonly keyId: string
}

const TOKEN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/

/** Whether a text has the form of a token's id: no database need be asked for another, and some could not be. */
export function isTokenId(given: string): boolean {
  return TOKEN_ID.test(given)
}

/** The two halves of a token, or null for anything that was never one. Nothing is trimmed, folded or decoded. */
export function parseToken(given: string): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = TOKEN.exec(given) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

/** The subject of a one-time token: its person, its address, and the new one where there is one. */
export function subjectOf({
  userId,
  email,
  newEmail,
}: {
  readonly userId: number | null
  readonly email: string
  readonly newEmail: string | null
}): Subject {
  return [userId ?? 0, email, ...(newEmail === null ? [] : [newEmail])].join(':')
}

/** A fresh secret, for a token or for a service to make its keys from: 256 random bits in base64url. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * The keys of a service, made from its secrets by HKDF (RFC 5869) with a label for each use. The first secret signs, all of them verify.
 */
export class KeyRing {
  readonly #keys: readonly [Key, ...Key[]]

  /**
   * Takes the secrets, newest first: at the least one.
   * @throws {RangeError} for one that is shorter than 32 bytes.
   */
  constructor([newest, ...older]: readonly [string, ...string[]]) {
    const isShort = [newest, ...older].some((secret) => Buffer.byteLength(secret) < 32)
    if (isShort) throw new RangeError('a secret must hold 32 bytes at the least')
    this.#keys = [keyFrom(newest), ...older.map(keyFrom)]
  }

  /** Makes a token for a subject, such as a person's id: the text to hand out, and what to store of it. [ASVS 7.2.3, 11.5.1] */
  make(purpose: Purpose, subject: Subject): { readonly token: Token; readonly stored: StoredToken } {
    return this.#sealed(purpose, subject, randomUUID(), makeSecret())
  }

  /** What to store of a token that was handed out before, for another subject: as when several people log in at one browser. */
  remake(purpose: Purpose, subject: Subject, token: Token): StoredToken | null {
    const parsed = parseToken(token)
    return parsed === null ? null : this.#sealed(purpose, subject, parsed.id, parsed.secret).stored
  }

  /** A token of these two halves, for a subject, under the newest key. */
  #sealed(
    purpose: Purpose,
    subject: Subject,
    id: string,
    secret: string,
  ): { readonly token: Token; readonly stored: StoredToken } {
    const [{ id: keyId, key }] = this.#keys
    return {
      token: `${id}.${secret}` as Token,
      stored: { id, mac: macOf({ purpose, subject, id, secret }, key), keyId },
    }
  }

  /** A name for something that is counted or looked up, from which nobody without the secret can tell what it is. */
  nameOf(text: string): string {
    return nameUnder(this.#keys[0].names, text)
  }

  /** Proofs that whoever made them holds a secret of this service: one under each key, the newest first. Compare them in constant time. */
  proofsOf(text: string): readonly Buffer[] {
    return this.#keys.map(({ proofs }) => createHmac('sha256', proofs).update(text).digest())
  }

  /** The names of something under each key, the newest first: what was named before an exchange of secrets is found under the older ones. */
  namesOf(text: string): readonly string[] {
    return this.#keys.map(({ names }) => nameUnder(names, text))
  }

  /** Seals a text of the audit under the newest key: whoever cannot read the secret can neither change the text nor write another. */
  seal(text: string): Seal {
    const [{ id: keyId, audit }] = this.#keys
    return { mac: createHmac('sha256', audit).update(text).digest('base64url'), keyId }
  }

  /** Whether this is the seal of a text; null where its key is no longer set, so that nobody can tell. */
  isSeal(text: string, { mac, keyId }: Seal): boolean | null {
    const found = this.#keys.find((key) => key.id === keyId)
    if (found === undefined) return null
    const expected = Buffer.from(createHmac('sha256', found.audit).update(text).digest('base64url'))
    const given = Buffer.from(mac)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  /** The ids of the keys, the one that signs first. */
  get keyIds(): readonly string[] {
    return this.#keys.map(({ id }) => id)
  }

  /** Whether this is the secret of the stored token, for this purpose and subject. Takes equally long for every wrong one. [ASVS 11.2.4] */
  matches(secret: string, purpose: Purpose, subject: Subject, { id, mac, keyId }: StoredToken): boolean {
    const found = this.#keys.find((key) => key.id === keyId)
    if (found === undefined) return false
    const expected = Buffer.from(macOf({ purpose, subject, id, secret }, found.key))
    const stored = Buffer.from(mac)
    return stored.length === expected.length && timingSafeEqual(stored, expected)
  }
}

/** All that the keyed hash of a token vouches for. */
interface Vouched {
  readonly purpose: Purpose
  readonly subject: Subject
  readonly id: string
  readonly secret: string
}

/**
 * A keyed hash, so that someone who can only write to the database cannot plant a token, nor give one of their own to another
 * person or purpose: those are inside. A fast hash is enough: unlike a password, 256 random bits cannot be guessed.
 */
function macOf({ purpose, subject, id, secret }: Vouched, key: KeyObject): TokenMac {
  const vouched = `${purpose}:${String(subject)}:${id}:${secret}`
  return createHmac('sha256', key).update(vouched).digest('base64url') as TokenMac // a KeyObject: a Buffer as key costs five times as much
}

/** The name of something under one key: 132 bits of its keyed hash. */
function nameUnder(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, 22)
}

/** The keys that a secret gives, one for each use, with an id that says nothing of them. */
function keyFrom(secret: string): Key {
  return {
    id: Buffer.from(hkdfSync('sha256', secret, '', 'bienvenue key id 1', 6)).toString('hex'),
    key: createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'bienvenue tokens 1', 32))),
    names: createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'bienvenue names 1', 32))),
    proofs: createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'bienvenue doctor 1', 32))),
    audit: createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'bienvenue audit 1', 32))),
  }
}
