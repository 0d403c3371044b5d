/** `bienvenue users`: who is registered. */
import { Command } from 'commander'
import type { Auth } from '../auth/auth.ts'
import { NoResultFound } from '../errors.ts'
import type { User } from '../user.ts'
import { askNewPassword, confirmed } from './ask.ts'
import { settingsFor, withSettings } from './with-settings.ts'

interface Options {
  readonly json?: boolean
  readonly yes?: boolean
  readonly email?: string
}

const PAGE = 1000

/** The command. */
export function usersCommand(): Command {
  return new Command('users')
    .description('List, show, add or delete people.')
    .addCommand(part('list', 'List everybody, in the order of registration.', list))
    .addCommand(part('show <who>', 'Show one person, by email or id.', show))
    .addCommand(
      part('add', 'Register somebody. Asks for the password, or reads it from a pipe.', add).requiredOption(
        '--email <email>',
        'The email to register.',
      ),
    )
    .addCommand(
      part('delete <who>', 'Delete one person, by email or id, with all that is theirs.', remove).option(
        '--yes',
        'Do not ask.',
      ),
    )
}

type Act = (auth: Auth, options: Options, who: string) => Promise<void>

/** One part of the command: it opens the storage, acts, and closes it again. */
function part(usage: string, description: string, act: Act): Command {
  const command = new Command(usage.split(' ')[0])
    .description(description)
    .option('--json', 'As JSON, one object a line, for programs.')
  if (usage.includes('<who>')) command.argument('<who>', 'an email or an id')
  command.action(async (...given: unknown[]) => {
    const { settings } = settingsFor(command)
    const { openAuth } = await import('../service.ts')
    const { auth, close } = await openAuth(settings)
    try {
      await act(auth, command.opts<Options>(), typeof given[0] === 'string' ? given[0] : '')
    } finally {
      await close()
    }
  })
  return withSettings(command)
}

/** Prints everybody. */
async function list(auth: Auth, options: Options): Promise<void> {
  let users = await auth.users.list(0, PAGE)
  while (users.length > 0) {
    print(users, options)
    users = await auth.users.list(users.at(-1)?.id ?? 0, PAGE)
  }
}

/** Prints one person. */
async function show(auth: Auth, options: Options, who: string): Promise<void> {
  print([await find(auth, who)], options)
}

/** Registers somebody. */
async function add(auth: Auth, options: Options): Promise<void> {
  print([await auth.users.register(options.email ?? '', await askNewPassword())], options)
}

/** Deletes somebody, after asking. */
async function remove(auth: Auth, options: Options, who: string): Promise<void> {
  const user = await find(auth, who)
  if (options.yes !== true && !(await confirmed(`Delete ${user.email} with all that is theirs?`))) return
  await auth.users.remove(user.id)
  print([user], options)
}

/**
 * The person of this email or id.
 * @throws {NoResultFound} when there is none.
 */
async function find(auth: Auth, who: string): Promise<User> {
  const user = /^\d+$/.test(who) ? await auth.users.find(Number(who)) : await auth.users.findByEmail(who)
  if (user === null) throw new NoResultFound(`nobody is registered as ${who}`)
  return user
}

/** Prints people, a line each. */
function print(users: readonly User[], { json = false }: Options): void {
  const lines = users.map((user) => {
    if (json) return JSON.stringify(user)
    return [
      String(user.id).padStart(6),
      user.createdAt.toISOString().slice(0, 10),
      user.emailVerified ? 'verified  ' : 'unverified',
      user.email,
    ].join('  ')
  })
  process.stdout.write(`${lines.join('\n')}\n`)
}
