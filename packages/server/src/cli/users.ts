/** `bienvenue users`: who is registered, and what operators do for people. Nobody's password is seen or set but at `add`. */
import { Command } from 'commander'
import type { Auth } from '../auth/auth.ts'
import { NoResultFound } from '../errors.ts'
import { askNewPassword, confirmed } from './ask.ts'
import { CouldNot, UsageError } from './explain.ts'
import { exportCommand } from './users-export.ts'
import { print, say } from './users-print.ts'
import type { Account, Options } from './users-print.ts'
import { withAuth } from './with-auth.ts'
import type { Act, Check } from './with-auth.ts'

const PAGE = 1000
const SENT_BY = 'the running service sends it'

type Part = Act<Options>
type Work = Parameters<Part>[0]

/** The command. */
export function usersCommand(): Command {
  const command = new Command('users').description('List, show, add, disable, log out or delete people.')
  const add = part('add', 'Register somebody: asks for the password; in hardened, invites by letter.', register)
  const parts = [
    part('list', 'List everybody, in the order of registration.', list),
    part('show <who>', 'Show one person.', show),
    add.requiredOption('--email <email>', 'The email to register.'),
    part('disable <who>', 'Disable an account: its sessions, links and devices end at once.', disable),
    part('enable <who>', 'Enable a disabled account again.', enable),
    part('admin <who>', 'Make somebody an admin.', admin).option('--revoke', 'Make them one no longer.'),
    part('reset <who>', 'Send somebody a letter with a link by which they choose a new password.', reset),
    part('logout [who]', 'End all sessions of one person, or of everybody.', logOut, oneOrAll)
      .option('--all', 'End those of everybody.')
      .option('--yes', 'Do not ask.'),
    part('delete <who>', 'Delete one person with all that is theirs.', remove).option('--yes', 'Do not ask.'),
  ]
  for (const each of [...parts, exportCommand()]) command.addCommand(each)
  return command
}

/** One part of the command. */
function part(usage: string, description: string, act: Part, check?: Check<Options>): Command {
  const [name = '', who] = usage.split(' ')
  const command = new Command(name)
    .description(description)
    .option('--json', 'As JSON, one object a line, for programs.')
  if (who !== undefined) command.argument(who, 'an email or an id')
  return withAuth(command, act, check)
}

/** Prints everybody. */
async function list({ auth, options }: Work): Promise<void> {
  let accounts = await auth.users.listAccounts(0, PAGE)
  while (accounts.length > 0) {
    print(accounts, options)
    accounts = await auth.users.listAccounts(accounts.at(-1)?.user.id ?? 0, PAGE)
  }
}

/** Prints one person. */
async function show({ auth, options, given }: Work): Promise<void> {
  print([await find(auth, given)], options)
}

/** Registers somebody, or where emails must be verified first invites them: then nobody but they knows the password. */
async function register({ auth, settings, options }: Work): Promise<void> {
  const { email: asked = '' } = options
  if (settings.users.verifyFirst) {
    const { email } = await auth.admin.invite('operator', asked)
    say(options, { email, invited: true }, `${email} is invited by letter; ${SENT_BY}`)
    return
  }
  const { user } = await auth.users.register(asked, await askNewPassword())
  if (user !== null) print([await find(auth, [String(user.id)])], options)
}

/** Disables an account. */
async function disable({ auth, options, given }: Work): Promise<void> {
  const { user } = await find(auth, given)
  await auth.admin.disable('operator', user.id)
  print([await find(auth, given)], options)
}

/** Enables an account again. */
async function enable({ auth, options, given }: Work): Promise<void> {
  const { user } = await find(auth, given)
  await auth.admin.enable('operator', user.id)
  print([await find(auth, given)], options)
}

/** Makes somebody an admin, or no longer one. */
async function admin({ auth, options, given }: Work): Promise<void> {
  const { user } = await find(auth, given)
  await auth.admin.setAdmin('operator', user.id, options.revoke !== true)
  print([await find(auth, given)], options)
}

/** Starts a reset. */
async function reset({ auth, options, given }: Work): Promise<void> {
  const { user, disabledAt } = await find(auth, given)
  if (disabledAt !== null) throw new CouldNot(`${user.email} is disabled and gets no letters; enable the account first`)
  await auth.admin.startReset('operator', user.id)
  const what = `a letter with a link goes to ${user.email}, unless one is on its way already; ${SENT_BY}`
  say(options, { id: user.id, email: user.email, reset: true }, what)
}

/** Refuses to guess whose sessions are meant. */
function oneOrAll({ all = false }: Options, given: readonly string[]): void {
  if (all === given.length > 0) throw new UsageError('name somebody, or say --all')
}

/** Ends sessions. */
async function logOut({ auth, options, given }: Work): Promise<void> {
  if (options.all !== true) {
    const { user } = await find(auth, given)
    const ended = await auth.admin.endSessions('operator', user.id)
    say(options, { id: user.id, email: user.email, ended }, `sessions of ${user.email} that ended: ${ended}`)
    return
  }
  if (options.yes !== true && !(await confirmed('End all sessions of everybody?'))) return
  const ended = await auth.admin.endAllSessions('operator')
  say(options, { ended }, `sessions that ended: ${ended}`)
}

/** Deletes somebody, after asking. */
async function remove({ auth, options, given }: Work): Promise<void> {
  const account = await find(auth, given)
  const { user } = account
  if (options.yes !== true && !(await confirmed(`Delete ${user.email} with all that is theirs?`))) return
  await auth.users.remove(user.id)
  print([account], options)
}

/**
 * The account of this email or id.
 * @throws {NoResultFound} when there is none.
 */
async function find(auth: Auth, [who = '']: readonly string[]): Promise<Account> {
  const account = /^\d{1,15}$/.test(who)
    ? await auth.users.findAccount(Number(who))
    : await auth.users.findAccountByEmail(who)
  if (account === null) throw new NoResultFound(`nobody is registered as ${who}`)
  return account
}
