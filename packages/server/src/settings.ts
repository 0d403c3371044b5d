/**
 * Every setting: type, bounds, unit, meaning, environment name, and its value in each preset. Each is written once,
 * in settings-service.ts, settings-accounts.ts, settings-limits.ts, settings-audit.ts, settings-brand.ts or settings-passwords.ts: the types, the command's flags, `bienvenue settings` and docs/settings.md are made from there.
 */
import type { Preset, Room, Setting } from './setting.ts'
import { audit } from './settings-audit.ts'
import { devices, email, login, reset, sessions, users, verification } from './settings-accounts.ts'
import { brand } from './settings-brand.ts'
import { passwords } from './settings-passwords.ts'
import { limits } from './settings-limits.ts'
import { database, http, log, mail, service } from './settings-service.ts'

/** All settings, room by room. */
export const SETTINGS = {
  service,
  http,
  database,
  mail,
  users,
  passwords,
  login,
  limits,
  devices,
  sessions,
  verification,
  reset,
  email,
  audit,
  brand,
  log,
} as const satisfies Record<string, Room>

type Declared = typeof SETTINGS
type ValueOf<S> = S extends Setting<infer T> ? T : never

/** The values of all settings, ready for use: `settings.reset.minutes`. */
export type Settings = {
  readonly [Room in keyof Declared]: { readonly [Name in keyof Declared[Room]]: ValueOf<Declared[Room][Name]> }
} & { readonly preset: Preset }

/** Some of the settings, room by room. */
export type SomeSettings = {
  readonly [Room in keyof Declared]?: { readonly [Name in keyof Declared[Room]]?: ValueOf<Declared[Room][Name]> }
}
