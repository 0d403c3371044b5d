/** Puts the pieces together: settings, storage, Auth and app. Nowhere else are they wired. */
import { existsSync } from 'node:fs'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { Auth, SILENT } from './auth/auth.ts'
import type { AuthLog, Deps } from './auth/deps.ts'
import { rememberPreset } from './auth/preset-memory.ts'
import { openBreachList } from './breaches.ts'
import type { BreachList } from './breaches.ts'
import { HashingPool } from './crypto/hashing-pool.ts'
import { databaseFile } from './database-address.ts'
import { DB } from './db/db.ts'
import { DatabaseUnavailable } from './errors.ts'
import { openSmtp } from './mail/smtp.ts'
import { checkSmtp } from './mail/smtp-settings.ts'
import { readSettings } from './settings-reader.ts'
import { refuseHollow } from './settings-hardened.ts'
import { refuseUnsafe } from './settings-safety.ts'
import { readSecrets } from './settings-secrets.ts'
import type { Preset } from './setting.ts'
import type { Settings, SomeSettings } from './settings.ts'

/** What a service may be given. Whatever is left out is as in the preset. */
export interface ServiceOptions {
  /** `classic` if left out: the contract to the letter, made for learning. */
  readonly preset?: Preset
  /** Where accounts are stored, such as `sqlite:auth.db` or `postgres://…`. */
  readonly database?: string
  /** The address under which people reach the service. */
  readonly url?: string
  /** Any settings, room by room. */
  readonly settings?: SomeSettings
  /** Where to log; nowhere if left out. */
  readonly log?: FastifyBaseLogger
}

/** What only tests replace: the hasher and the clock. */
export type Outside = Partial<Pick<Deps, 'hasher' | 'now'>>

/** A service, ready to answer. */
export interface Service {
  readonly auth: Auth
  /** The app: `app.routing(request, response)` mounts it in another server. */
  readonly app: FastifyInstance
  readonly settings: Settings
  /** Listens where the settings say, and resolves to the address. */
  readonly listen: () => Promise<string>
  /** Finishes what is under way, and ends. */
  readonly close: () => Promise<void>
}

/** Auth over its storage, without HTTP. */
export interface OpenedAuth {
  readonly auth: Auth
  /** The names of the migrations that ran. */
  readonly migrated: readonly string[]
  readonly close: () => Promise<void>
}

/**
 * Opens a service with these options.
 * @throws {SettingsError} for what it refuses to start with. @throws {DatabaseUnavailable} when the storage cannot be opened.
 */
export async function openService(
  { preset, database, url, settings = {}, log }: ServiceOptions = {},
  outside: Outside = {},
): Promise<Service> {
  const values = {
    ...settings,
    ...(preset !== undefined && { preset }),
    ...(database !== undefined && { database: { ...settings.database, url: database } }),
    ...(url !== undefined && { service: { ...settings.service, url } }),
  }
  return startService(readSettings({ rooms: { from: 'options', values } }).settings, log, outside)
}

/** Opens a service with settings that are complete. */
export async function startService(
  settings: Settings,
  log?: FastifyBaseLogger,
  outside: Outside = {},
  start: Start = {},
): Promise<Service> {
  await judge(settings)
  const { createApp } = await import('./app/app.ts') // here, so that commands without HTTP need not load it
  const { auth, close } = await openAuth(settings, outside, { ...start, ...(log !== undefined && { log }) })
  try {
    const app = createApp(auth, settings, {
      ...(log !== undefined && { log }),
      ...(outside.now !== undefined && { now: outside.now }),
    })
    app.addHook('onClose', close)
    await app.ready()
    auth.background.start()
    return {
      auth,
      app,
      settings,
      listen: async () =>
        app.listen({
          host: settings.http.host,
          port: settings.http.port,
          listenTextResolver: (address) => `listening on ${address}`,
        }),
      close: async () => app.close(),
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Judges all settings of a service, whoever reads them, while nothing is opened, made or changed yet: a start that is refused must not
 * have taken over a database that another service works with.
 * @throws {SettingsError} for what a service does not start with.
 */
export async function judge(settings: Settings): Promise<void> {
  refuseUnsafe(settings, process.env['NODE_ENV'] === 'production')
  const { appChecks } = await import('./app/settings.ts')
  const checks = [...appChecks(settings), () => breachesFor(settings)]
  refuseHollow(settings, checks)
  for (const check of checks) check()
}

/** How a start is meant. */
export interface Start {
  /** Whether a database that was used with hardened may be used with classic from now on. */
  readonly downgrade?: boolean
  /** Whether there must be a database already: for whoever looks into one, a new empty one would be a wrong answer. */
  readonly mustExist?: boolean
  /** Whether a database that was used with classic may be taken over by hardened; where it must be there already, not if left out. */
  readonly takeOver?: boolean
  /** Where to say what operators must hear of. */
  readonly log?: AuthLog
}

/**
 * Opens Auth over the storage that the settings name. Letters are put into the outbox; who sends them is a running service.
 * @throws {SettingsError} for settings that are missing or weak, and for a preset weaker than the one that the storage was used with.
 * @throws {DatabaseUnavailable} when the storage cannot be opened, or must be there already and is not.
 */
export async function openAuth(
  settings: Settings,
  outside: Outside = {},
  { downgrade = false, mustExist = false, takeOver = !mustExist, log = SILENT }: Start = {},
): Promise<OpenedAuth> {
  refuseHollow(settings, [() => breachesFor(settings)])
  const secrets = readSecrets(settings)
  const breaches = breachesFor(settings, log)
  if (mustExist) refuseMissing(settings.database.url)
  const mailer = settings.mail.smtpUrl === null ? null : openSmtp(checkSmtp(settings.mail))
  const { url, poolSize: size, connectSeconds, statementSeconds } = settings.database
  const { db, migrated } = await DB.openAndMigrate(url, {
    secrets,
    mustExist,
    limits: { size, connectSeconds, statementSeconds },
    onTrouble: (error) => {
      log.warn(
        { err: error },
        'the -wal file beside the database is not written back into it, and is tried again: see that the disk has room and can be written',
      )
    },
    ...(outside.now !== undefined && { now: outside.now }),
  })
  try {
    await rememberPreset(db, settings.preset, { downgrade, takeOver, log })
    const hasher = outside.hasher ?? new HashingPool(settings.passwords)
    const auth = new Auth(db, { settings, ...outside, hasher, mailer, breaches, log })
    const close = async (): Promise<void> => {
      await auth.close()
      await db.close()
    }
    return { auth, migrated, close }
  } catch (error) {
    await db.close()
    throw error
  }
}

/** The list of breached passwords that the settings name. It is asked only when somebody chooses a password. @throws {SettingsError} for an address that cannot be one. */
function breachesFor({ passwords: { breachUrl } }: Settings, log: AuthLog = SILENT): BreachList | null {
  return breachUrl === null ? null : openBreachList(breachUrl, log)
}

/** Refuses to make a database where one was expected. */
function refuseMissing(url: string): void {
  const path = databaseFile(url)
  if (path !== null && !existsSync(path))
    throw new DatabaseUnavailable(
      `DATABASE_URL: there is no database ${path}; \`bienvenue serve\` and \`bienvenue migrate\` make one`,
    )
}
