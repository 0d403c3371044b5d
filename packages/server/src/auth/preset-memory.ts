/** The database remembers the preset that it was used with, so that a forgotten variable cannot open it to the weaker one. */
import { LINK_PURPOSES } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import { DatabaseUnavailable, SettingsError } from '../errors.ts'
import { PRESETS } from '../setting.ts'
import type { Preset } from '../setting.ts'
import type { Settings } from '../settings.ts'
import type { AuthLog } from './deps.ts'

/** How a start is meant. */
export interface PresetIntent {
  /** Whether a database that was used with hardened may be used with classic from now on. */
  readonly downgrade: boolean
  /** Whether a database that was used with classic may be taken over by hardened: by a service it is, by a command that looks into it not. */
  readonly takeOver: boolean
  /** Where to say what that ended. */
  readonly log: AuthLog
}

const GIVEN_UP =
  'DOWNGRADED to classic: the protection of hardened is given up for this database. From now on reset tokens go to whoever asks, answers tell which emails exist, any password is taken, and nobody has to verify an email. A start with BIENVENUE_PRESET=hardened takes it back, and ends all sessions and links.'

/**
 * Notes the preset, or refuses one that is weaker than what the database was used with, unless that is said in so many words. On the
 * way from classic to hardened all that classic let in ends: sessions, tokens, and the belief in addresses that nobody verified.
 * @throws {SettingsError} for a weaker preset, and where a mere look would take the database over.
 */
export async function rememberPreset(
  db: DB,
  preset: Preset,
  { downgrade, takeOver, log }: PresetIntent,
): Promise<void> {
  if (downgrade && (await presetBefore(db)) !== 'hardened')
    log.warn({ preset }, 'there was nothing to downgrade: leave --downgrade out from now on')
  if ((await presetBefore(db)) === preset) return
  const { before, ended } = await db.transaction(async (tx) => {
    await tx.lock('preset') // several services may start in the same instant
    const before = await presetBefore(tx)
    if (before === 'hardened' && preset === 'classic' && !downgrade) throw weaker(preset)
    if (before === 'classic' && preset === 'hardened' && !takeOver) throw unasked()
    await tx.memory.set('preset', preset)
    const isTakenOver = before === 'classic' && preset === 'hardened'
    return { before, ended: isTakenOver ? await endWhatClassicLetIn(tx) : null }
  })
  if (before === 'hardened' && preset === 'classic') log.warn({ preset }, GIVEN_UP)
  if (ended !== null)
    log.warn(
      ended,
      `from classic to hardened: ${ended.sessions} sessions and all links ended, ${ended.people} people must verify their email or reset their password`,
    )
}

/**
 * Keeps classic from handing out what lets anybody in, where hardened has taken the database over under its feet: one process of the
 * old kind that was forgotten, or not replaced yet, would be a door for everybody.
 * @throws {DatabaseUnavailable}
 */
export async function refuseTakenOver(tx: DB, { preset }: Pick<Settings, 'preset'>): Promise<void> {
  if (preset !== 'classic' || (await tx.memory.find('preset')) !== 'hardened') return
  throw new DatabaseUnavailable(
    'the database was taken over by the preset hardened: end this service, which runs classic',
  )
}

/** The preset that the database was used with; null for a new one. One from before this was remembered was classic's. */
async function presetBefore(db: DB): Promise<Preset | null> {
  const known = await db.memory.find('preset')
  return PRESETS.find((name) => name === known) ?? ((await db.users.isEmpty()) ? null : 'classic')
}

/** Ends every session, every token, every claim to an address, and all that waits: classic hands them out to whoever asks. */
async function endWhatClassicLetIn(tx: DB): Promise<{ readonly sessions: number; readonly people: number }> {
  const sessions = await tx.sessions.removeEverybodys()
  for (const purpose of LINK_PURPOSES) await tx.tokens.removePurpose(purpose)
  await tx.users.unverifyAll()
  for (const table of [tx.devices, tx.pendings, tx.outbox, tx.inbox]) await table.clear()
  return { sessions, people: await tx.users.count() }
}

/** The refusal of a weaker preset. */
function weaker(preset: Preset): SettingsError {
  return new SettingsError(
    `BIENVENUE_PRESET: is ${preset}, and this database was used with hardened. Set BIENVENUE_PRESET=hardened, or, to give its protection up, run \`bienvenue serve --downgrade\` once.`,
  )
}

/** The refusal to take a database over in passing. */
function unasked(): SettingsError {
  return new SettingsError(
    'BIENVENUE_PRESET: is hardened, and this database was used with classic. `bienvenue serve` takes it over, which ends all sessions and links, and counts every email as not verified; this command does not.',
  )
}
