/** The secrets that all keys are made from: read, and refused where somebody could guess them. */
import { readFileSync } from 'node:fs'
import { isPostgres } from './database-address.ts'
import { SettingsError } from './errors.ts'
import type { Settings } from './settings.ts'

const LEAST_BYTES = 32
const LEAST_DIFFERENT_BYTES = 5 // anything drawn by chance has many more
const EXAMPLE = /change.?me|change.?this|replace.?me|replace.?this|your.?secret/i
const FRESH = '`bienvenue secret` prints a fresh one.'

/**
 * The secrets as set, newest first; empty when none is set. Several stand there while one replaces the other.
 * @throws {SettingsError} for a secret that is too short, cannot be read, or is needed and not there; in hardened also for one that
 * somebody typed or copied from an example. [ASVS 13.3.1]
 */
export function readSecrets({
  service: { secret, secretFile },
  preset,
  database,
}: Pick<Settings, 'service' | 'preset' | 'database'>): readonly string[] {
  if (secret !== null && secretFile !== null)
    throw new SettingsError('BIENVENUE_SECRET: is set, and BIENVENUE_SECRET_FILE too; keep one of them.')
  const name = secretFile === null ? 'BIENVENUE_SECRET' : 'BIENVENUE_SECRET_FILE'
  const text = secretFile === null ? secret : readSecretFile(secretFile)
  if (text === null && isPostgres(database.url))
    throw new SettingsError(`${name}: is needed with PostgreSQL, for all services on one database share it; ${FRESH}`)
  if (text === null && preset === 'hardened') throw new SettingsError(`${name}: is needed; ${FRESH}`)
  const secrets = text === null ? [] : text.split(',').map((part) => part.trim())
  for (const part of secrets) {
    const wrong = wrongWith(part, preset)
    if (wrong !== null) throw new SettingsError(`${name}: ${wrong}; ${FRESH}`)
  }
  return secrets
}

/** What is wrong with a secret, without a word of it; null when nothing is. */
function wrongWith(secret: string, preset: Settings['preset']): string | null {
  if (Buffer.byteLength(secret) < LEAST_BYTES) return `must hold ${LEAST_BYTES} bytes at the least`
  if (preset === 'classic') return null
  if (EXAMPLE.test(secret)) return 'is the example of some text, which everybody knows'
  const isTyped = new Set(Buffer.from(secret)).size < LEAST_DIFFERENT_BYTES
  return isTyped ? 'repeats few letters, so it can be guessed' : null
}

/** The content of the secret's file. */
function readSecretFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new SettingsError(`BIENVENUE_SECRET_FILE: ${path} cannot be read`)
  }
}
