/**
 * Every setting: type, bounds, unit, meaning, environment name, and its value in each preset. Written once, here:
 * the types, the command's flags, `bienvenue settings` and docs/settings.md are all made from this file.
 */
import { z } from 'zod'
import { both, list, setting, text, webAddress, wholeNumber } from './setting.ts'
import type { Preset, Setting } from './setting.ts'

/** All settings, room by room. */
export const SETTINGS = {
  service: {
    url: setting(
      webAddress.nullable(),
      'The address under which people reach the service; it may have a path prefix. Without one: http://127.0.0.1:PORT.',
      both(null),
      { env: 'BIENVENUE_URL' },
    ),
    secret: setting(
      text.nullable(),
      'The secret from which all keys are made, 32 bytes at the least (`bienvenue secret` prints one). While changing it: new,old. Without one, classic on SQLite makes its own and keeps it beside the database file.',
      both(null),
      { env: 'BIENVENUE_SECRET', secret: true },
    ),
    secretFile: setting(text.nullable(), 'A file that holds the secret, in place of BIENVENUE_SECRET.', both(null), {
      env: 'BIENVENUE_SECRET_FILE',
    }),
  },
  http: {
    host: setting(
      text,
      'The address to listen on. Classic listens on loopback only, unless BIENVENUE_CLASSIC_ANYWHERE=yes.',
      both('127.0.0.1'),
      { env: 'HOST' },
    ),
    port: setting(wholeNumber(0, 65535), 'The port to listen on; 0 takes a free one.', both(5000), { env: 'PORT' }),
    hosts: setting(
      list,
      'Further Host names that requests may bear, beyond loopback, the address of the service and the one it was reached on.',
      both([]),
      { env: 'BIENVENUE_HOSTS' },
    ),
    trustedProxies: setting(
      list,
      'Addresses and networks of proxies whose forwarding headers are believed.',
      both([]),
      { env: 'BIENVENUE_TRUSTED_PROXIES' },
    ),
    classicAnywhere: setting(
      z.boolean(),
      'Whether classic may listen beyond loopback. Classic tells strangers which emails exist and hands out reset tokens: yes only where everyone who can reach it may see all of that.',
      both(false),
      { env: 'BIENVENUE_CLASSIC_ANYWHERE' },
    ),
    bodyBytes: setting(wholeNumber(2048, 1_048_576), 'The largest body that a request may have.', both(16_384), {
      unit: 'bytes',
    }),
    requestSeconds: setting(
      wholeNumber(1, 40),
      'How long a request may take to arrive whole; slower ones are cut off.',
      both(20),
      { unit: 'seconds' },
    ),
    shutdownSeconds: setting(
      wholeNumber(1, 60),
      'How long the requests under way may take to finish once the service is told to stop.',
      both(10),
      { unit: 'seconds' },
    ),
  },
  database: {
    url: setting(
      text,
      'Where accounts are stored: sqlite:PATH, or postgres://… (which comes with a later release).',
      both('sqlite:bienvenue.db'),
      { env: 'DATABASE_URL' },
    ),
  },
  mail: {
    smtpUrl: setting(
      text.nullable(),
      'The SMTP server that letters go to. Known already, used from the release that sends letters.',
      both(null),
      { env: 'BIENVENUE_SMTP_URL', secret: true },
    ),
    from: setting(
      text.nullable(),
      'The sender of letters. Known already, used from the release that sends letters.',
      both(null),
      { env: 'BIENVENUE_MAIL_FROM' },
    ),
  },
  passwords: {
    hash: setting(
      z.enum(['bcrypt', 'argon2id']),
      'The kind of hash that new passwords get. Hashes of the other kind, or of another cost, still count, and are renewed at the next login.',
      { classic: 'bcrypt', hardened: 'argon2id' },
    ),
    bcryptCost: setting(
      wholeNumber(10, 15),
      'The cost of bcrypt: one more doubles the work (OWASP asks for 10 at the least).',
      both(12),
      { unit: 'powers of two' },
    ),
    argon2MemoryMiB: setting(
      wholeNumber(19, 256),
      'The memory that one argon2id hash fills (OWASP asks for 19 at the least).',
      both(64),
      { unit: 'MiB' },
    ),
    argon2Passes: setting(
      wholeNumber(2, 10),
      'How often argon2id passes over its memory (OWASP asks for 2 at the least).',
      both(3),
      { unit: 'passes' },
    ),
    argon2Lanes: setting(wholeNumber(1, 4), 'Into how many lanes argon2id splits its memory.', both(1), {
      unit: 'lanes',
    }),
    minimumLength: setting(
      wholeNumber(1, 64),
      'The shortest password that is taken.',
      { classic: 1, hardened: 15 },
      { unit: 'code points', floor: true },
    ),
    maximumBytes: setting(
      wholeNumber(64, 1024),
      'The longest password that is taken. Bcrypt takes 72 bytes at the most, whatever stands here.',
      both(1024),
      { unit: 'bytes of UTF-8' },
    ),
    threads: setting(
      wholeNumber(1, 16),
      'How many passwords are hashed at the same time, outside the process of the service. No more than there are cores.',
      both(2),
      { unit: 'threads' },
    ),
    queueSeconds: setting(
      wholeNumber(1, 30),
      'How long a password may wait for its turn to be hashed; when the queue is longer, the answer is 503.',
      both(5),
      { unit: 'seconds' },
    ),
  },
  sessions: {
    hours: setting(wholeNumber(1, 720), 'How long a session lasts at the most.', both(12), { unit: 'hours' }),
    idleMinutes: setting(wholeNumber(5, 43_200), 'How long a session lasts without being used.', both(60), {
      unit: 'minutes',
    }),
    rememberedDays: setting(
      wholeNumber(1, 30),
      'How long a session lasts at the most where the person asked to be remembered.',
      both(30),
      { unit: 'days' },
    ),
    rememberedIdleDays: setting(wholeNumber(1, 30), 'How long such a session lasts without being used.', both(7), {
      unit: 'days',
    }),
    noteUseMinutes: setting(
      wholeNumber(1, 60),
      'How often, at the most, the use of a session is written down.',
      both(5),
      { unit: 'minutes' },
    ),
    secureCookie: setting(
      z.boolean(),
      'Whether the cookie is named __Host-session_id and sent over https only.',
      { classic: false, hardened: true },
      { floor: true },
    ),
  },
  reset: {
    minutes: setting(
      wholeNumber(5, 1440),
      'How long a reset token works.',
      { classic: 60, hardened: 30 },
      { unit: 'minutes' },
    ),
  },
  log: {
    level: setting(
      z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']),
      'The least severe kind of line that is logged.',
      { classic: 'info', hardened: 'info' },
    ),
  },
} as const satisfies Record<string, Record<string, Setting>>

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
