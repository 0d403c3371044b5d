/** `bienvenue db restore`: puts a backup in the place of a file of SQLite. */
import { Command } from 'commander'
import { restoreBackup } from '../db/restore.ts'
import type { Restored } from '../db/restore.ts'
import { confirmed, refuseUnanswered } from './ask.ts'
import { keyWarnings, fileAt, secretsFor } from './db-address.ts'
import { UsageError } from './explain.ts'
import { goOnUnread } from './output.ts'
import { jsonLine, printable } from './printable.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** What it may be told. */
interface Options {
  readonly yes?: boolean
  readonly json?: boolean
}

/** The command. */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description(
      'Put a backup in the place of a database of SQLite. The service must be stopped; what is there is kept aside.',
    )
    .argument('<file>', 'the backup')
    .option('--yes', 'Do not ask.')
    .option('--json', 'As JSON, for programs.')
  command.action(async (file: string, { yes = false, json = false }: Options) => {
    goOnUnread()
    const { settings } = settingsFor(command)
    const { url } = settings.database
    const path = fileAt(url, 'restore', 'pg_restore --clean --if-exists --dbname=DATABASE FILE')
    if (!yes) refuseUnanswered() // before a large backup is looked through
    const done = await restoreBackup(file, path, {
      secrets: secretsFor(settings, url),
      now: new Date(),
      confirm: async (aside) => yes || (await confirmed(question(file, path, aside))),
    })
    if (done === null) throw new UsageError('nothing was changed')
    const lines = json ? [jsonLine(done)] : linesOf(file, path, done).map(printable)
    process.stdout.write(`${lines.join('\n')}\n`)
  })
  return withSettings(command)
}

/** What is asked. */
function question(file: string, path: string, aside: string | null): string {
  const old = aside === null ? '' : ` What is there goes to ${aside}.`
  return printable(`Put ${file} in the place of ${path}?${old}`)
}

/** What was done, for people. */
function linesOf(file: string, path: string, { aside, behind, keyUse }: Restored): readonly string[] {
  return [
    `${path} is ${file} now`,
    ...(aside === null ? [] : [`what was there is ${aside}`]),
    ...(behind === 0 ? [] : [`it is of an older release: ${String(behind)} migrations run at the next start`]),
    'Sessions and links that ended since the backup count again until they expire; `bienvenue users logout --all` ends them.',
    ...keyWarnings(keyUse).map((warning) => `warning: ${warning}`),
  ]
}
