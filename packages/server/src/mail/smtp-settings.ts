/** What the settings say of the mail server, read once. Nothing here repeats the URL: it holds a password. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { SMTPPoolOptions } from 'nodemailer'
import { SettingsError } from '../errors.ts'
import { isLoopback } from '../settings-safety.ts'
import { readSender } from './address.ts'

/** What is to be known for sending letters. */
export interface SmtpSettings {
  /** Such as smtp://USER:PASSWORD@HOST:587, or smtps:// for TLS from the first byte. */
  readonly smtpUrl: string
  /** Such as Example <accounts@example.com>. */
  readonly from: string
  /** The certificate (PEM) of the one authority that vouches for the server; null: the public ones do. */
  readonly caFile: string | null
}

/** How to reach the mail server, in nodemailer's words. */
export type SmtpConnection = Pick<SMTPPoolOptions, 'host' | 'port' | 'secure' | 'requireTLS' | 'tls' | 'auth'>

/** The same settings as they stand in the file and the environment, where any may be missing. */
type GivenSettings = { readonly [Name in keyof SmtpSettings]: SmtpSettings[Name] | null }

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['smtp:', 587], // submission, RFC 6409
  ['smtps:', 465], // submissions, RFC 8314
])
const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * The settings of mail, once nothing is missing or wrong with them.
 * @throws {SettingsError} naming the setting and what is wrong with it.
 */
export function checkSmtp({ smtpUrl, from, caFile }: GivenSettings): SmtpSettings {
  if (smtpUrl === null) throw wrongUrl('is needed to send letters')
  if (from === null) throw new SettingsError('BIENVENUE_MAIL_FROM: is needed to send letters')
  readSender(from)
  readConnection({ smtpUrl, caFile })
  return { smtpUrl, from, caFile }
}

/**
 * How to reach the mail server. TLS is required and verified [ASVS 12.3.1] [ASVS 12.3.2], by the named authority alone where
 * one is named [ASVS 12.3.4]. Only a server on this machine, for which no authority is named, may do without.
 * @throws {SettingsError} for a URL or a file that means nothing.
 */
export function readConnection({ smtpUrl, caFile }: Pick<SmtpSettings, 'smtpUrl' | 'caFile'>): SmtpConnection {
  const url = readUrl(smtpUrl)
  const host = readHost(url)
  const secure = url.protocol === 'smtps:'
  const mustVerify = !isLoopback(host) || caFile !== null
  return {
    host,
    port: readPort(url),
    secure,
    requireTLS: mustVerify && !secure,
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: mustVerify,
      ...(caFile === null ? {} : { ca: readAuthority(caFile) }),
    },
    ...readLogin(url),
  }
}

/** The address of the server, with nothing in it that would be ignored. */
function readUrl(smtpUrl: string): URL {
  if (!URL.canParse(smtpUrl)) {
    throw wrongUrl('is no address; write the signs @ : / ? # % in user and password as %40 %3A %2F %3F %23 %25')
  }
  const url = new URL(smtpUrl)
  if (!DEFAULT_PORTS.has(url.protocol)) throw wrongUrl('must begin with smtp:// or smtps://')
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    throw wrongUrl('must end after host and port: a path and parameters mean nothing')
  return url
}

/** The host, without the brackets of an IPv6 address. */
function readHost({ hostname }: URL): string {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (!HOST_NAME.test(host) && isIP(host) === 0) throw wrongUrl('names no host')
  return host
}

/** The port, or the usual one of the scheme. */
function readPort({ port, protocol }: URL): number | undefined {
  if (port === '0') throw wrongUrl('names port 0, which is none')
  return port === '' ? DEFAULT_PORTS.get(protocol) : Number(port)
}

/** Who we are to the server, or nothing where the URL does not say. */
function readLogin({ username, password }: URL): Pick<SmtpConnection, 'auth'> {
  if (username === '' && password === '') return {}
  const user = decoded(username)
  const pass = decoded(password)
  if (user === '' || pass === '') throw wrongUrl('must hold both user and password, or none')
  return { auth: { user, pass } }
}

/** A part of the URL as it was before it was encoded. Control signs end fields and lines of SMTP, so there are none. */
function decoded(part: string): string {
  try {
    const text = decodeURIComponent(part)
    if (!/\p{Cc}/u.test(text)) return text
  } catch {
    // said below
  }
  throw wrongUrl('holds a user or password that cannot be read; write % as %25')
}

/** The certificates in a file, each of them one that can be read. */
function readAuthority(caFile: string): string[] {
  try {
    const certificates = readFileSync(caFile, 'utf8').match(CERTIFICATES) ?? []
    if (certificates.map((pem) => new X509Certificate(pem)).length > 0) return [...certificates]
  } catch {
    // said below
  }
  throw new SettingsError(`BIENVENUE_MAIL_CA_FILE: ${caFile} cannot be read, or holds no certificate (PEM)`)
}

/** The refusal of a URL, which says what is wrong and not what stands there. */
function wrongUrl(what: string): SettingsError {
  return new SettingsError(`BIENVENUE_SMTP_URL: ${what}`)
}
