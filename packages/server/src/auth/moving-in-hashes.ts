/** The hashes of those who come in, as they may be stored: weak ones only inside of a strong one, which takes its time. */
import { setTimeout as pause } from 'node:timers/promises'
import type { HashKind, PasswordHash } from '../crypto/password-hash.ts'
import type { LegacyHash } from '../crypto/stored-hash.ts'
import { AuthError } from '../errors.ts'
import type { Deps } from './deps.ts'
import type { Candidate } from './moving-in-judge.ts'

const MOST_TRIES = 5

/**
 * The hash of each of them who has one that can be taken; fewer where the import is ended meanwhile.
 * @throws {AuthError} `passwords.busy` where weak ones cannot be wrapped.
 */
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
  const failed = new AbortController()
  const end = AbortSignal.any([signal, failed.signal])
  /** Wraps one after the other, until none is left. */
  const work = async (): Promise<void> => {
    for (let next = weak.pop(); next !== undefined && !end.aborted; next = weak.pop()) {
      const hash = await wrapped(deps, next.legacy, end)
      if (hash === null) return
      hashes.set(next.candidate, hash)
      onHashed(hashes.size)
    }
  }
  try {
    await Promise.all(Array.from({ length: deps.settings.passwords.threads }, work))
  } finally {
    failed.abort() // where one cannot go on, neither can the others
  }
  return hashes
}

/**
 * A weak hash in a strong one; null where the import is ended. The queue is this program's own, and no longer than its threads: a refusal
 * means that the process that hashes has died, or cannot be started. It may be different a moment later, and else it is said.
 */
async function wrapped(deps: Deps, legacy: LegacyHash, signal: AbortSignal): Promise<PasswordHash | null> {
  const { argon2MemoryMiB, argon2Passes: passes, argon2Lanes: lanes } = deps.settings.passwords
  const kind: HashKind = { name: 'argon2id', memoryKiB: argon2MemoryMiB * 1024, passes, lanes }
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      return await deps.hasher.wrap(legacy, kind, { name: 'registration' })
    } catch (error) {
      if (!(error instanceof AuthError) || error.code !== 'passwords.busy') throw error
      if (tries === MOST_TRIES) throw unhashable(error)
      await pause((error.retryAfterSeconds ?? 1) * 1000, undefined, { signal }).catch(() => undefined) // an end is seen above
    }
  }
  return null
}

/** What is said where nothing can be hashed. */
function unhashable(cause: AuthError): AuthError {
  const message =
    'weak hashes cannot be stored: the process that hashes does not start, or dies; look whether there is memory for it, and import again, which goes on from here'
  return new AuthError(cause.code, { message, cause })
}
