/** From an error to one line for people, and an exit code for programs. */
import { AuthError, DatabaseUnavailable, NoResultFound, SettingsError } from '../errors.ts'

/** The command was called in a way that means nothing. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What was asked for could not be done, and nobody used it wrongly. */
export class CouldNot extends Error {
  override readonly name = 'CouldNot'
}

/** What to say of an error, and the exit code: 2 for what was used or set wrongly, 1 for what could not be done. */
export function explain(error: unknown): { readonly message: string; readonly exitCode: 1 | 2 } {
  if (error instanceof SettingsError || error instanceof UsageError) return { message: error.message, exitCode: 2 }
  if (
    error instanceof CouldNot ||
    error instanceof AuthError ||
    error instanceof DatabaseUnavailable ||
    error instanceof NoResultFound
  )
    return { message: error.message, exitCode: 1 }
  const {
    code,
    hostname = '',
    address = hostname,
    port = '',
  } = error as { readonly code?: string; readonly hostname?: string; readonly address?: string; readonly port?: number }
  const where = `port ${String(port)} of ${address}`
  if (code === 'EADDRINUSE')
    return { message: `${where} is taken by another program; choose another port with --port or PORT`, exitCode: 1 }
  if (code === 'EACCES' && port !== '')
    return {
      message: `${where} may not be used by this user; choose a port from 1024 up with --port or PORT`,
      exitCode: 1,
    }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return { message: `HOST: this machine has no address ${address}`, exitCode: 2 }
  return {
    message: `something unexpected went wrong, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    exitCode: 1,
  }
}
