/**
 * The command `bienvenue`. Its rules: results go to standard output, everything else to standard error; one line says what is wrong
 * and what to do; 0 is fine, 1 could not, 2 was used or set wrongly; secrets are asked for, never arguments.
 */
import { Command, CommanderError } from 'commander'
import { SettingsError } from '../errors.ts'
import { allSettings } from '../settings-list.ts'
import { auditCommand } from './audit.ts'
import { dbCommand } from './db.ts'
import { doctorCommand } from './doctor.ts'
import { explain } from './explain.ts'
import { importCommand } from './import.ts'
import { inboxCommand } from './inbox.ts'
import { migrateCommand } from './migrate.ts'
import { outboxCommand } from './outbox.ts'
import { printable } from './printable.ts'
import { secretCommand } from './secret.ts'
import { serveCommand } from './serve.ts'
import { settingsCommand } from './settings.ts'
import { usersCommand } from './users.ts'
import { version } from './version.ts'

/** The command with all that it can do. */
export function bienvenue(): Command {
  return new Command('bienvenue')
    .description('A self-hosted user authentication service.')
    .enablePositionalOptions() // an option belongs to the part that it stands behind
    .addCommand(serveCommand())
    .addCommand(settingsCommand())
    .addCommand(migrateCommand())
    .addCommand(secretCommand())
    .addCommand(usersCommand())
    .addCommand(importCommand())
    .addCommand(dbCommand())
    .addCommand(auditCommand())
    .addCommand(inboxCommand())
    .addCommand(outboxCommand())
    .addCommand(doctorCommand())
}

/** Lets every part of the command throw where commander would end the program. */
function withoutExit(command: Command): Command {
  command.exitOverride().version(version()).showHelpAfterError('(try --help)')
  for (const part of command.commands) withoutExit(part)
  return command
}

/** Runs the command with these arguments, and resolves to its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await withoutExit(bienvenue()).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2 // it has said what is wrong
    const { message, exitCode } = explain(error)
    const each = error instanceof SettingsError // one line for each thing that is set wrongly
    const lines = message.split('\n').map((line) => printable(asGiven(line, args)))
    process.stderr.write(`bienvenue: ${lines.join(each ? '\nbienvenue: ' : '\n')}\n`)
    return exitCode
  }
}

/** What is said of a setting, by the name under which it was given: that of its flag, where there is one among the arguments. */
function asGiven(line: string, args: readonly string[]): string {
  const { env, flag } = allSettings().find((setting) => line.startsWith(`${setting.env}: `)) ?? { env: '', flag: null }
  const isGiven = flag !== null && args.some((argument) => argument === flag || argument.startsWith(`${flag}=`))
  return isGiven ? `${flag}${line.slice(env.length)}` : line
}
