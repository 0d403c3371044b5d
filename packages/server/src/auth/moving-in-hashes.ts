/** The hashes of those who come in, as they may be stored: weak ones only inside of a strong one, which takes its time. */
import { setTimeout as pause } from 'node:timers/promises'
import type { HashKind, PasswordHash } from '../crypto/password-hash.ts'
import type { LegacyHash } from '../crypto/stored-hash.ts'
import { AuthError } from '../errors.ts'
import type { Deps } from './deps.ts'
import type { Candidate } from './moving-in-judge.ts'

/** The hash of each of them who has one that can be taken; fewer where the import is ended meanwhile. */
export async function hashesOf(
  deps: Deps,
  candidates: readonly Candidate[],
  signal: AbortSignal,
  onHashed: (count: number) => void,
): Promise<ReadonlyMap<Candidate, string>> {
  const hashes = new Map<Candidate, string>()
  const weak: { readonly candidate: Candidate; readonly legacy: LegacyHash }[] = []
  for (const candidate of candidates) {
    if (candidate.hash?.is === 'stored') hashes.set(candidate, candidate.hash.hash)
    if (candidate.hash?.is === 'weak') weak.push({ candidate, legacy: candidate.hash.legacy })
  }
  /** Wraps one after the other, until none is left. */
  const work = async (): Promise<void> => {
    for (let next = weak.pop(); next !== undefined && !signal.aborted; next = weak.pop()) {
      hashes.set(next.candidate, await wrapped(deps, next.legacy))
      onHashed(hashes.size)
    }
  }
  await Promise.all(Array.from({ length: deps.settings.passwords.threads }, work))
  return hashes
}

/** A weak hash in a strong one. Where the service on the same machine has all the hashing to do, it waits. */
async function wrapped(deps: Deps, legacy: LegacyHash): Promise<PasswordHash> {
  const { argon2MemoryMiB, argon2Passes: passes, argon2Lanes: lanes } = deps.settings.passwords
  const kind: HashKind = { name: 'argon2id', memoryKiB: argon2MemoryMiB * 1024, passes, lanes }
  for (;;) {
    try {
      return await deps.hasher.wrap(legacy, kind, { name: 'registration' })
    } catch (error) {
      if (!(error instanceof AuthError) || error.code !== 'passwords.busy') throw error
      await pause((error.retryAfterSeconds ?? 1) * 1000)
    }
  }
}
