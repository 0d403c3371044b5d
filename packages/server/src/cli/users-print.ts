/** People as `bienvenue users` prints them. */
import type { Auth } from '../auth/auth.ts'
import { jsonLine, printable } from './printable.ts'

/** A person with the state of the account. */
export type Account = Awaited<ReturnType<Auth['users']['listAccounts']>>[number]

/** What the parts of the command may be told. */
export interface Options {
  readonly json?: boolean
  readonly yes?: boolean
  readonly all?: boolean
  readonly revoke?: boolean
  readonly email?: string
}

/** Prints people, a line each. */
export function print(accounts: readonly Account[], { json = false }: Options): void {
  process.stdout.write(accounts.map((account) => `${json ? jsonLine(factsOf(account)) : lineOf(account)}\n`).join(''))
}

/** Prints what was done: as facts for programs, or in words. */
export function say({ json = false }: Options, facts: object, words: string): void {
  process.stdout.write(`${json ? jsonLine(facts) : printable(words)}\n`)
}

/** An account as programs read it. */
function factsOf({ user, disabledAt, isAdmin, deleteAt }: Account): object {
  return { ...user, disabledAt, isAdmin, deleteAt }
}

/** An account as a line. */
function lineOf({ user, disabledAt, isAdmin, deleteAt }: Account): string {
  const states = [
    ...(isAdmin ? ['admin'] : []),
    ...(disabledAt === null ? [] : ['disabled']),
    ...(deleteAt === null ? [] : [`to be deleted at ${deleteAt.toISOString().slice(0, 16)}Z`]),
  ]
  const cells = [
    String(user.id).padStart(6),
    user.createdAt.toISOString().slice(0, 10),
    user.emailVerified ? 'verified  ' : 'unverified',
    printable(user.email),
    states.join(', '),
  ]
  return cells.join('  ').trimEnd()
}
