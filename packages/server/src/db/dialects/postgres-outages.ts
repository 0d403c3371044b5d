/** What goes wrong with PostgreSQL that is nobody's mistake, in plain words; and what is no outage but a race. */
import { DatabaseForbids, DatabaseUnavailable, SettingsError } from '../../errors.ts'

/** Two transactions that cannot both have been alone, and two that wait for each other. PostgreSQL undoes one of them whole. */
const RACES: ReadonlySet<string> = new Set(['40001', '40P01'])
/** What somebody else has just added or taken away, unseen by a transaction that began before. Done again, it sees it. */
const UNSEEN: ReadonlySet<string> = new Set(['23503', '23505'])

const FORBIDDEN = '42501'

const OUTAGES: Readonly<Record<string, string>> = {
  '25006': 'takes no writes: it is a standby, or read-only',
  '25P03': 'ended a transaction that took too long',
  '25P04': 'ended a transaction that took too long',
  '28000': 'refuses our user',
  '28P01': 'refuses our user or password',
  '3D000': 'does not exist on its server',
  '3F000':
    'has no schema in which our user could make tables: make one (`create schema public`), or let the user own the database',
  '40001': 'is too busy: others change the same things again and again',
  '40P01': 'is too busy: others change the same things again and again',
  [FORBIDDEN]: 'does not let our user do this',
  '53100': 'has no room: the disk is full',
  '53200': 'has no memory left',
  '53300': 'takes no more connections',
  '55P03': 'is locked by somebody else for too long',
  '57014': 'took too long for a statement',
  '57P01': 'is being stopped',
  '57P02': 'crashed',
  '57P03': 'is starting or stopping',
  '57P05': 'ended a connection that lay idle',
  '58030': 'cannot be read or written (input/output error)',
}
const CLASSES: Readonly<Record<string, string>> = {
  '08': 'was lost in the middle of a connection',
  '53': 'has not enough resources',
  '57': 'was interrupted by its operator',
  '58': 'has trouble with its machine',
}
const NETWORK: Readonly<Record<string, string>> = {
  EACCES: 'cannot be reached: its socket may not be opened by this user',
  EAI_AGAIN: 'cannot be reached: its host name is not known now',
  ENOENT: 'cannot be reached: there is no such socket',
  ENOTFOUND: 'cannot be reached: nobody knows its host name',
  ECONNREFUSED: 'cannot be reached: nothing listens there',
  CERT_HAS_EXPIRED: 'cannot be trusted: its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'cannot be trusted: nobody vouches for its certificate (sslrootcert names who does)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'cannot be trusted: its certificate is for another name',
  SELF_SIGNED_CERT_IN_CHAIN:
    'cannot be trusted: nobody we know vouches for its certificate (sslrootcert names who does)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'cannot be trusted: nobody we know vouches for its certificate (sslrootcert names who does)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'cannot be trusted: nobody we know vouches for its certificate (sslrootcert names who does)',
}
/** The driver's own errors, which have no code. */
const WORDS: readonly (readonly [text: string, words: string])[] = [
  ['does not support SSL', 'cannot be trusted: it does not speak TLS'],
  ['timeout exceeded when trying to connect', 'has no free connection: all of ours are in use for too long'],
  ['Query read timeout', 'does not answer'],
  ['after calling end on the pool', 'was closed'],
]

interface DriverError {
  readonly code?: string
  readonly message?: string
  readonly severity?: string
}

/** The outage that an error of a running statement means, or the error itself, without the values of rows that PostgreSQL tells in it. */
export function outageFrom(error: unknown): unknown {
  const { code = '', severity } = error as DriverError
  if (severity === undefined) return isForeign(error) ? error : unreachable(error)
  const words = OUTAGES[code] ?? CLASSES[code.slice(0, 2)]
  const Outage = code === FORBIDDEN ? DatabaseForbids : DatabaseUnavailable
  if (words !== undefined) return new Outage(`the database ${words}`, { cause: withoutValues(error) })
  return withoutValues(error)
}

/** The outage that an error of connecting means: all of them are outages, but for a server that is none for us. */
export function unreachable(error: unknown): unknown {
  if (isForeign(error)) return error
  const { code = '', message = '' } = error as DriverError
  const own = WORDS.find(([text]) => message.includes(text))?.[1]
  const words = OUTAGES[code] ?? NETWORK[code] ?? own ?? 'cannot be reached'
  return new DatabaseUnavailable(`the database ${words}`, { cause: withoutValues(error) })
}

/** Whether a connection is of no use after an error: lost, ended, or still busy with what we no longer wait for. */
export function endsConnection(error: unknown): boolean {
  const { code = '', severity } = error as DriverError
  return severity === undefined || severity === 'FATAL' || /^(?:08|57P|25006|25P03|25P04)/.test(code)
}

/** Whether a pool has no free connection: another host would not help. */
export function isExhausted(error: unknown): boolean {
  return ((error as DriverError).message ?? '').includes('timeout exceeded when trying to connect')
}

/** Whether a statement by itself was undone for the sake of another. It may be run again. */
export function isUndone(error: unknown): boolean {
  return RACES.has((error as DriverError).code ?? '')
}

/** Whether a transaction failed only because of what others did in the same instant. */
export function isRace(error: unknown): boolean {
  const { code = '' } = (error instanceof DatabaseUnavailable ? error.cause : error) as DriverError
  return RACES.has(code) || UNSEEN.has(code)
}

/** Whether an error is one of ours already. */
function isForeign(error: unknown): boolean {
  return error instanceof DatabaseUnavailable || error instanceof SettingsError || error instanceof TypeError
}

/** Takes the values of rows out of an error: hashes and addresses would end in a log. */
function withoutValues(error: unknown): unknown {
  for (const name of ['detail', 'where', 'internalQuery']) Reflect.deleteProperty(error as object, name)
  return error
}

/** Whether a row refers to one that is not there. */
export function isMissingReference(error: unknown): boolean {
  return (error as DriverError).code === '23503'
}
