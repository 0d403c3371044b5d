/** One-time tokens as several rooms use them: made with what they are bound to, and found only if genuine and alive. */
import { parseToken, subjectOf } from '../crypto/token.ts'
import type { LinkPurpose, Token } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import type { LiveToken, TokenBinding } from '../db/tokens.ts'
import type { Deps } from './deps.ts'

/** Makes a token, stores what may be stored of it, and resolves to the only copy there is. */
export async function addToken(
  { now }: Pick<Deps, 'now'>,
  tx: DB,
  binding: TokenBinding,
  { lifeMs, isMailed }: { readonly lifeMs: number; readonly isMailed: boolean },
): Promise<Token> {
  const createdAt = now()
  const { token, stored } = tx.keys.make(binding.purpose, subjectOf(binding))
  const mailedAt = isMailed ? createdAt : null
  await tx.tokens.removeExpired(createdAt)
  await tx.tokens.add({ ...stored, ...binding, mailedAt }, createdAt, new Date(createdAt.getTime() + lifeMs))
  return token
}

/** The stored token, if what was given is one of these purposes, genuine, and has not expired; else null. */
export async function findToken(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  purposes: readonly LinkPurpose[],
  given: string,
): Promise<LiveToken | null> {
  const token = parseToken(given)
  const found = token === null ? null : await db.tokens.findLive(token.id, purposes, now())
  if (token === null || found === null) return null
  return db.keys.matches(token.secret, found.purpose, subjectOf(found), found) ? found : null
}
