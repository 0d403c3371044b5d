/** The settings of the service as a program: its address and secret, HTTP, the database, the log. */
import { z } from 'zod'
import { both, hostNames, list, setting, text, webAddress, wholeNumber } from './setting.ts'
import type { Room } from './setting.ts'

/** What the service is: its address and the secret of its keys. */
export const service = {
  url: setting(
    webAddress.nullable(),
    'The address under which people reach the service; it may have a path prefix. Without one: http://127.0.0.1:PORT.',
    both(null),
    { env: 'BIENVENUE_URL' },
  ),
  secret: setting(
    text.nullable(),
    'The secret from which all keys are made, 32 bytes at the least (`bienvenue secret` prints one). While changing it: new,old. Without one, classic on SQLite makes its own and keeps it beside the database file; on PostgreSQL one is needed, the same for all services on it.',
    both(null),
    { env: 'BIENVENUE_SECRET', secret: true },
  ),
  secretFile: setting(text.nullable(), 'A file that holds the secret, in place of BIENVENUE_SECRET.', both(null), {
    env: 'BIENVENUE_SECRET_FILE',
  }),
} as const satisfies Room

/** How it speaks HTTP. */
export const http = {
  host: setting(
    text,
    'The address to listen on. Classic listens on loopback only, unless BIENVENUE_CLASSIC_ANYWHERE=yes.',
    both('127.0.0.1'),
    { env: 'HOST' },
  ),
  port: setting(wholeNumber(0, 65535), 'The port to listen on; 0 takes a free one.', both(5000), { env: 'PORT' }),
  hosts: setting(
    hostNames,
    'Further Host names that requests may bear, beyond loopback, the address of the service and the one it was reached on.',
    both([]),
    { env: 'BIENVENUE_HOSTS' },
  ),
  trustedProxies: setting(list, 'Addresses and networks of proxies whose forwarding headers are believed.', both([]), {
    env: 'BIENVENUE_TRUSTED_PROXIES',
  }),
  classicAnywhere: setting(
    z.boolean(),
    'Whether classic may listen beyond loopback. Classic tells strangers which emails exist and hands out reset tokens: yes only where everyone who can reach it may see all of that.',
    both(false),
    { env: 'BIENVENUE_CLASSIC_ANYWHERE' },
  ),
  bodyBytes: setting(wholeNumber(2048, 1_048_576), 'The largest body that a request may have.', both(16_384), {
    unit: 'bytes',
    weaker: 'more',
  }),
  requestSeconds: setting(
    wholeNumber(1, 40),
    'How long a request may take to arrive whole; slower ones are cut off.',
    both(20),
    { unit: 'seconds', weaker: 'more' },
  ),
  shutdownSeconds: setting(
    wholeNumber(1, 60),
    'How long the requests under way may take to finish once the service is told to stop.',
    both(10),
    { unit: 'seconds' },
  ),
  allowedOrigins: setting(
    list,
    'Origins of apps, such as https://app.example.com, whose pages may ask the service with the session of their visitor (CORS). None: no other site may.',
    both([]),
    { weaker: 'more' },
  ),
  nextOrigins: setting(
    list,
    'Origins of apps, such as https://app.example.com, to which people may be sent back after they logged in (`next=`). None: people stay here.',
    both([]),
    { weaker: 'more' },
  ),
  cspReportUrl: setting(
    webAddress.nullable(),
    'The address to which browsers report what the content security policy of an answer kept from happening: https, or of the own origin. The service takes no reports itself. Without one, no policy names any.',
    both(null),
  ),
} as const satisfies Room

/** Where it stores accounts. */
export const database = {
  url: setting(
    text,
    'Where accounts are stored: sqlite:PATH, or postgres://USER:PASSWORD@HOST:5432/DATABASE (PostgreSQL 14 or newer; several hosts comma-separated). TLS to PostgreSQL is required and verified unless it is on this machine; sslrootcert=FILE names the authority that vouches for it.',
    both('sqlite:bienvenue.db'),
    { env: 'DATABASE_URL' },
  ),
  poolSize: setting(
    wholeNumber(2, 200),
    'How many connections one service holds to PostgreSQL at the most; at its start it holds two or three more for a moment. Requests beyond that wait for one.',
    both(10),
  ),
  connectSeconds: setting(
    wholeNumber(1, 30),
    'How long a request waits for a connection to PostgreSQL, a free one or a new one to each of the hosts; then it is answered with 503.',
    both(5),
    { unit: 'seconds' },
  ),
  statementSeconds: setting(
    wholeNumber(1, 60),
    'How long one statement may take on PostgreSQL; then the request is answered with 503, and nothing of it is kept. Migrations may take as long as they need.',
    both(10),
    { unit: 'seconds' },
  ),
} as const satisfies Room

/** What it logs. */
export const log = {
  level: setting(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']),
    'The least severe kind of line that is logged.',
    { classic: 'info', hardened: 'info' },
    { weaker: 'less' },
  ),
} as const satisfies Room

/** Letters and how they leave. */
export const mail = {
  smtpUrl: setting(
    text.nullable(),
    'The SMTP server that letters go to: smtp://USER:PASSWORD@HOST:587, or smtps:// for TLS from the first byte. TLS is required and verified unless the server is on this machine. Without one, classic keeps letters in an inbox of its own.',
    both(null),
    { env: 'BIENVENUE_SMTP_URL', secret: true },
  ),
  from: setting(text.nullable(), 'The sender of letters, such as Example <accounts@example.com>.', both(null), {
    env: 'BIENVENUE_MAIL_FROM',
  }),
  caFile: setting(
    text.nullable(),
    'A file with the certificate (PEM) of the authority that vouches for the SMTP server, where it is none of the public ones.',
    both(null),
  ),
  giveUpHours: setting(wholeNumber(1, 168), 'After how long the service stops trying to deliver a letter.', both(24), {
    unit: 'hours',
  }),
} as const satisfies Room
