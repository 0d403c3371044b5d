/** `bienvenue db`: a whole database is copied elsewhere, backed up, looked through, or put back. */
import { Command } from 'commander'
import { backupCommand } from './db-backup.ts'
import { checkCommand } from './db-check.ts'
import { copyCommand } from './db-copy.ts'
import { restoreCommand } from './db-restore.ts'

/** The command. */
export function dbCommand(): Command {
  return new Command('db')
    .description('Copy, back up, check or restore a whole database.')
    .addCommand(copyCommand())
    .addCommand(backupCommand())
    .addCommand(checkCommand())
    .addCommand(restoreCommand())
}
