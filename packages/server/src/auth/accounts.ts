/** What several rooms do to an account as a whole. */
import { LINK_PURPOSES, parseToken } from '../crypto/token.ts'
import type { LinkPurpose } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import type { FormerOwner } from '../db/tokens.ts'
import type { Account } from '../db/accounts.ts'
import type { CanonicalEmail } from '../email.ts'
import type { Settings } from '../settings.ts'
import type { UserId } from '../user.ts'
import { lettersFor } from './links.ts'

/** The owner's ways back: links that undo a change of the email, or a deletion. */
const WAYS_BACK: readonly LinkPurpose[] = ['undo', 'keep']

/**
 * Takes from an account all by which anybody gets in but its password: sessions, links, known devices. What stays is the owner's way
 * back. For accounts whose real owner has just turned up, and for those whose password is set anew: whoever was in is out.
 */
export async function disown(tx: DB, userId: UserId): Promise<void> {
  await tx.sessions.removeAll(userId)
  await tx.devices.removeAll(userId)
  await killLinks(tx, userId)
}

/** Ends all sessions of a person and forgets their devices, but for those that stay. Resolves to how many of each. */
export async function endOthers(
  tx: DB,
  userId: UserId,
  stays: { readonly session: string | null; readonly device: string | null },
): Promise<{ readonly ended: number; readonly forgotten: number }> {
  const device = stays.device === null ? null : parseToken(stays.device)
  const forgotten = await tx.devices.removeAll(userId, device?.id)
  return { ended: await tx.sessions.removeAll(userId, stays.session), forgotten }
}

/** Kills the links of a person, those that still wait to be mailed too: their tokens are made only when they leave. */
export async function killLinks(tx: DB, userId: UserId, except: readonly LinkPurpose[] = WAYS_BACK): Promise<void> {
  await tx.outbox.removeAll(userId, lettersFor(LINK_PURPOSES.filter((purpose) => !except.includes(purpose))))
  await tx.tokens.removeAll(userId, except)
}

/** Kills the links that prove an address, whoever asked for them. */
export async function killLinksTo(tx: DB, key: CanonicalEmail): Promise<void> {
  await tx.outbox.removeOf(key, lettersFor(['verify', 'reset']))
  await tx.tokens.removeOf(key, ['verify', 'reset'])
}

/**
 * Who had this address until a short while ago, and may take it back; null when nobody. As long as they may, nobody makes an account
 * of it: else whoever moved somebody's account away could have the way back blocked by an empty account in its place.
 */
export async function findFormerOwner(tx: DB, key: CanonicalEmail, now: Date): Promise<FormerOwner | null> {
  await tx.lock(key) // else whoever moves away in this instant would find an account in the place of theirs
  const known = await tx.tokens.findUndo(key, now)
  const waiting = await tx.outbox.findWaiting('email_undo', key)
  const userId = waiting?.userId ?? null
  if (known !== null || waiting === null || userId === null) return known
  return { userId, email: waiting.email, leftAt: waiting.createdAt, until: new Date(Number(waiting.facts['until'])) }
}

/** Until when anybody may take an account back that was moved away from their address; the beginning of time where nobody may. */
export async function findEndOfWaysBack(tx: DB, userId: UserId): Promise<Date> {
  const mailed = (await tx.tokens.findLastUndoEnd(userId))?.getTime() ?? 0
  const waiting = await tx.outbox.listWaiting('email_undo', userId)
  return new Date(Math.max(mailed, ...waiting.map(({ facts }) => Number(facts['until']))))
}

/**
 * Kills the ways back that an account no longer needs when it is given back to an address: that one's own, and those to addresses that it
 * was moved away from later. An earlier one stays, else a thief who moved an account twice could kill the owner's by using their own.
 */
export async function killWaysBack(tx: DB, userId: UserId, key: CanonicalEmail, until: Date): Promise<void> {
  await tx.tokens.removeUndo(userId, key, until)
  for (const { id, key: other, facts } of await tx.outbox.listWaiting('email_undo', userId))
    if (other === key || Number(facts['until']) > until.getTime()) await tx.outbox.remove(id)
}

/** Whether an account lets anybody in: it is in use, and its email verified where it must be. */
export function mayLogIn(account: Account, { users }: Pick<Settings, 'users'>): boolean {
  return isOpen(account) && (account.user.emailVerified || !users.verifyFirst)
}

/** Whether an account is in use: neither disabled nor on its way to being deleted. */
export function isOpen({ disabledAt, deleteAt }: Account): boolean {
  return disabledAt === null && deleteAt === null
}
