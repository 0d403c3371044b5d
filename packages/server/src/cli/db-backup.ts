/** `bienvenue db backup`: a copy of a file of SQLite, made while the service goes on. */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { makeBackup } from '../db/backup.ts'
import type { Backup } from '../db/backup.ts'
import { copySecret, findSecret } from '../db/house-secret.ts'
import { findSecretBeside, secretFileOf } from '../db/open.ts'
import { fileAt } from './db-address.ts'
import { stoppable } from './db-stop.ts'
import { CouldNot, UsageError } from './explain.ts'
import { goOnUnread } from './output.ts'
import { jsonLine, printable } from './printable.ts'
import { count, ProgressLine } from './progress.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** What it may be told. */
interface Options {
  readonly withSecret?: boolean
  readonly json?: boolean
}

const SET = 'The secret is not in it: keep BIENVENUE_SECRET as well, in another place.'

/** The command. */
export function backupCommand(): Command {
  const command = new Command('backup')
    .description('Make a backup of a database of SQLite; the service may go on meanwhile.')
    .argument('<file>', 'a file that is not there, or a folder, where it gets a name with the time')
    .option('--with-secret', 'Put the secret that is kept beside the database beside the backup too.')
    .option('--json', 'As JSON, for programs.')
  command.action(async (to: string, { withSecret = false, json = false }: Options) => {
    goOnUnread()
    const { service, database } = settingsFor(command).settings
    const { url } = database
    const path = fileAt(url, 'backup', 'pg_dump --format=custom --file=FILE DATABASE')
    const secret = service.secret === null && service.secretFile === null ? findSecret(url, []).file : null
    if (withSecret && secret === null) throw new UsageError('--with-secret: no secret is kept beside the database')
    if (withSecret) refuseSecretThere(path, to)
    const { file, bytes } = await backup(path, to)
    const copied = withSecret ? copySecret(path, file) : null
    const kept = copied === null ? (secret === null ? SET : keep(secret)) : `The secret is beside it, in ${copied}.`
    const words = [`${file}  ${count(bytes)} bytes; SQLite has looked through it, and it is whole`, kept]
    process.stdout.write(
      json ? `${jsonLine({ file, bytes, secret: copied })}\n` : `${words.map(printable).join('\n')}\n`,
    )
  })
  return withSettings(command)
}

/** What to keep besides. */
function keep(secret: string): string {
  return `The secret is not in it: keep ${secret} as well, in another place. Without it everybody is logged out.`
}

/** Refuses a backup whose secret could not come beside it. In a folder it gets a name that nothing has. @throws {CouldNot} where another secret is there. */
function refuseSecretThere(path: string, to: string): void {
  const file = secretFileOf(resolve(to))
  const isFolder = statSync(to, { throwIfNoEntry: false })?.isDirectory() === true
  if (isFolder || statSync(file, { throwIfNoEntry: false }) === undefined) return
  if (contentOf(file) === findSecretBeside(path)) return
  throw new CouldNot(
    `${file} is there already, and is another secret; a backup never takes the place of a file: move it away, name another file, or leave --with-secret out`,
  )
}

/** What is in a file, or null where that cannot be read. */
function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}

/** Makes the backup, and says how far it is, until somebody stops it. */
async function backup(path: string, to: string): Promise<Backup> {
  const refuseStopped = stoppable()
  const line = new ProgressLine()
  try {
    return await makeBackup(path, to, new Date(), (share) => {
      refuseStopped()
      line.say('backing up', Math.round(share * 100), 100, 'per cent')
    })
  } finally {
    line.end()
  }
}
