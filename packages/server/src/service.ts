/** Puts the pieces together: settings, storage, Auth and app. Nowhere else are they wired. */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { Auth } from './auth/auth.ts'
import type { Deps } from './auth/deps.ts'
import { HashingPool } from './crypto/hashing-pool.ts'
import { DB } from './db/db.ts'
import { readSettings } from './settings-reader.ts'
import { readSecrets, refuseUnsafe } from './settings-safety.ts'
import type { Preset } from './setting.ts'
import type { Settings, SomeSettings } from './settings.ts'

/** What a service may be given. Whatever is left out is as in the preset. */
export interface ServiceOptions {
  /** `classic` if left out: the contract to the letter, made for learning. */
  readonly preset?: Preset
  /** Where accounts are stored, such as `sqlite:auth.db`. */
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
    ...(database !== undefined && { database: { url: database } }),
    ...(url !== undefined && { service: { ...settings.service, url } }),
  }
  return startService(readSettings({ rooms: { from: 'options', values } }).settings, log, outside)
}

/** Opens a service with settings that are complete. */
export async function startService(
  settings: Settings,
  log?: FastifyBaseLogger,
  outside: Outside = {},
): Promise<Service> {
  refuseUnsafe(settings, process.env['NODE_ENV'] === 'production')
  const { createApp } = await import('./app/app.ts') // here, so that commands without HTTP need not load it
  const { auth, close } = await openAuth(settings, outside)
  try {
    const app = createApp(auth, settings, log === undefined ? {} : { log })
    app.addHook('onClose', close)
    await app.ready()
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

/** Opens Auth over the storage that the settings name. */
export async function openAuth(settings: Settings, outside: Outside = {}): Promise<OpenedAuth> {
  const secrets = readSecrets(settings)
  const { db, migrated } = await DB.openAndMigrate(settings.database.url, {
    secrets,
    ...(outside.now !== undefined && { now: outside.now }),
  })
  const hasher = outside.hasher ?? new HashingPool(settings.passwords)
  const auth = new Auth(db, { settings, ...outside, hasher })
  const close = async (): Promise<void> => {
    await auth.close()
    await db.close()
  }
  return { auth, migrated, close }
}
