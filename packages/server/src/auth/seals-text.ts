/** The texts that keyed hashes of the audit vouch for, beside those of its entries. None of one kind can be one of another: each begins in its own way. */
import type { StoredCheckpoint } from '../db/checkpoints.ts'
import type { StoredSeal } from '../db/seals.ts'

/** The text of a seal: the seal before it, its place in the chain, and the keyed hash of its entry. */
export function sealText(
  before: string,
  { seq, auditId, sealedAt }: Pick<StoredSeal, 'seq' | 'auditId' | 'sealedAt'>,
  entryMac: string,
): string {
  return `seal:${JSON.stringify([before, seq, auditId, sealedAt.getTime(), entryMac])}`
}

/** The text of a checkpoint: what it says of the last entry that was let go. */
export function checkpointText({ seq, chain, at }: Pick<StoredCheckpoint, 'seq' | 'chain' | 'at'>): string {
  return `checkpoint:${JSON.stringify([seq, chain, at.getTime()])}`
}
