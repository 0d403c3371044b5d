/** Puts a backup in the place of a file of SQLite: never under a service that runs, and whole or not at all. */
import { createReadStream, createWriteStream, existsSync, lstatSync, realpathSync } from 'node:fs'
import { renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Kysely } from 'kysely'
import { DatabaseUnavailable } from '../errors.ts'
import { handOver, keepAside, publishFile, syncToDisk } from '../files.ts'
import { refuseDamaged, stampOf } from './backup.ts'
import { findStrangers, holdAlone, lookInto } from './dialects/sqlite-alone.ts'
import { clearDraft } from './dialects/sqlite-house.ts'
import { outageFrom, translated } from './dialects/sqlite-outages.ts'
import { BESIDE, removeDatabase } from './files.ts'
import { copySecret, findSecret } from './house-secret.ts'
import { findKeyUse } from './key-use.ts'
import type { KeyUse } from './key-use.ts'
import { findMissingMigrations } from './migrate.ts'
import { findSecretBeside, secretFileOf } from './open.ts'
import type { Schema } from './schema.ts'

const MOST_NAMED = 10

/** What a restore is given. */
export interface RestoreOptions {
  /** The secrets of the service, newest first; without any, the one beside the database or the backup counts. */
  readonly secrets: readonly string[]
  readonly now: Date
  /** Asked once all is looked through, with where the database that is there goes; null where none is. */
  readonly confirm: (aside: string | null) => Promise<boolean>
}

/** What a restore did. */
export interface Restored {
  /** Where what was there before is now; null where nothing was. */
  readonly aside: string | null
  /** How many migrations run at the next start. */
  readonly behind: number
  /** What is guarded by which key. */
  readonly keyUse: readonly KeyUse[]
}

/**
 * Puts a backup in the place of a database that nobody uses. What is there before stays under another name; a crash leaves the one or the
 * other whole. A secret beside the backup comes along where there is none. Resolves to null where nobody confirmed it.
 * @throws {DatabaseUnavailable} where somebody uses the database, or the backup is none that can be used.
 * @throws {SettingsError} for a backup of a newer release.
 */
export async function restoreBackup(
  file: string,
  path: string,
  { secrets, now, confirm }: RestoreOptions,
): Promise<Restored | null> {
  const [backup, place] = [behindLinks(file), behindLinks(path)]
  refuseUnclean(backup, place)
  const release = existsSync(place) ? holdAlone(place) : null
  const draft = `${place}.restoring`
  try {
    clearDraft(draft)
    try {
      await copyBackup(backup, draft)
      refuseDamaged(draft, `the backup ${file}`, 'nothing was changed; take another one')
      const strangers = findStrangers(draft)
      refuseStrangers(
        file,
        strangers.filter((name) => !name.startsWith('table ')),
      )
      const { behind, keyUse } = await lookInto(draft, async (kysely) => judge(file, path, kysely, secrets))
      if (behind === 0) refuseStrangers(file, strangers) // an older release may have had other tables
      const aside = release === null ? null : `${place}.before-restore-${stampOf(now)}`
      if (!(await confirm(aside))) return null
      if (secrets.length === 0 && findSecretBeside(path) === null) bringSecret(file, path, keyUse) // the service looks for it beside the link
      translated(() => {
        putInPlace(draft, place, aside)
      }, `what goes beside or in the place of ${place}`)
      return { aside, behind, keyUse }
    } finally {
      removeDatabase(draft)
    }
  } finally {
    release?.() // a service that has waited for it has what lies aside now: SQLite notices that it was moved, and writes nothing
  }
}

/** The file behind a link: it is what SQLite locks, and beside which it keeps its log. @throws {DatabaseUnavailable} for a link that leads nowhere. */
function behindLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path
  throw new DatabaseUnavailable(`${path} is a link that leads nowhere: remove it, or put back what it led to`)
}

/** Lets the secret beside the backup come along. One of nothing in it does not: whoever looked into the backup without its own made that. */
function bringSecret(file: string, path: string, keyUse: readonly KeyUse[]): void {
  if (keyUse.length === 0 || keyUse.some(({ isKnown }) => isKnown)) copySecret(file, path)
}

/** Lets the draft be the database: instead of the one that is held, which is kept aside, or where there is still none. */
function putInPlace(draft: string, place: string, aside: string | null): void {
  handOver(draft, place)
  if (aside === null) {
    putWhereNoneIs(draft, place)
    return
  }
  syncToDisk(draft)
  keepAside(place, aside) // a second name for it, so that there is a database at every moment
  renameSync(draft, place)
  syncToDisk(dirname(place))
}

/** Lets the draft be the database where there is none. @throws {DatabaseUnavailable} where somebody, such as a service that starts, was first. */
function putWhereNoneIs(draft: string, place: string): void {
  refuseStale(place)
  try {
    publishFile(draft, place)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const what = `a database came to be at ${place} meanwhile: stop the service that uses it, and restore again`
    throw new DatabaseUnavailable(what, { cause: error })
  }
}

/** Refuses what would run in our database and is not ours. @throws {DatabaseUnavailable} naming it. */
function refuseStrangers(file: string, strangers: readonly string[]): void {
  if (strangers.length === 0) return
  const named = strangers.slice(0, MOST_NAMED).join(', ')
  throw new DatabaseUnavailable(
    `${file} holds what this service did not put there (${named}): look who made it, and drop it in a copy of the backup`,
  )
}

/** Copies the backup beside the database. @throws {DatabaseUnavailable} for what keeps either of them from being read or written. */
async function copyBackup(backup: string, draft: string): Promise<void> {
  try {
    await pipeline(createReadStream(backup), createWriteStream(draft, { flags: 'wx', mode: 0o600 }))
  } catch (error) {
    const { path, syscall } = error as NodeJS.ErrnoException
    const isOfDraft = path === draft || syscall === 'write'
    throw outageFrom(error, isOfDraft ? `the copy of the backup, ${draft},` : `the backup ${backup}`)
  }
}

/** Refuses a backup, or a place, that has a log of SQLite beside it: it belongs to a file that is not whole without it, or not there. */
function refuseUnclean(file: string, path: string): void {
  if (!existsSync(file)) throw new DatabaseUnavailable(`there is no backup ${file}`)
  if (!statSync(file).isFile()) throw new DatabaseUnavailable(`${file} is no file: name a backup, which is one`)
  const log = logBeside(file)
  if (log !== undefined)
    throw new DatabaseUnavailable(
      `${file} is not whole without ${log}: make a backup of it with \`bienvenue db backup\``,
    )
  refuseStale(path)
}

/** Refuses a place that has a log of SQLite, and no database: SQLite would write it into what comes there. */
function refuseStale(path: string): void {
  const stale = existsSync(path) ? undefined : logBeside(path)
  if (stale !== undefined)
    throw new DatabaseUnavailable(`${stale} is there without its database: move it to where that is now`)
}

/** A log of SQLite beside a file, if there is one. */
function logBeside(path: string): string | undefined {
  return BESIDE.map((end) => `${path}${end}`).find((name) => existsSync(name))
}

/** What is to be known of a backup. @throws {DatabaseUnavailable} for a database that is none of ours. */
async function judge(
  file: string,
  path: string,
  kysely: Kysely<Schema>,
  secrets: readonly string[],
): Promise<Pick<Restored, 'behind' | 'keyUse'>> {
  const missing = await findMissingMigrations(kysely)
  if (missing === null) throw new DatabaseUnavailable(`${file} is no database of this service`)
  if (missing.length > 0) return { behind: missing.length, keyUse: [] } // its tables may be others
  const { keys } = findSecret(`sqlite:${existsSync(secretFileOf(path)) ? path : file}`, secrets)
  return { behind: 0, keyUse: await findKeyUse(kysely, keys) }
}
