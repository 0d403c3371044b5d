/** `bienvenue db check`: looks through a whole database, and says what is wrong and what to do. */
import { Command } from 'commander'
import { checkDatabase } from '../db/check.ts'
import type { CheckReport, Finding, FindingKind } from '../db/check.ts'
import { openSnapshot } from '../db/house-ends.ts'
import { findSecret } from '../db/house-secret.ts'
import { guardedBy, keyWarnings, secretsFor, shownAddress } from './db-address.ts'
import { CouldNot } from './explain.ts'
import { goOnUnread } from './output.ts'
import { jsonLine, printable } from './printable.ts'
import { ProgressLine } from './progress.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** What is wrong, as a sentence, and what to do about it. */
const SENTENCES: Readonly<Record<FindingKind, (where: string, count: number) => string>> = {
  damaged: (where) => `the file is damaged (${where}): stop the service, keep a copy, and restore a backup`,
  foreign: () => 'nothing of this service is in the database: look whether DATABASE_URL names the right one',
  older: (where) =>
    `the database is of an older release (it lacks ${where}): run \`bienvenue migrate\`, and check again`,
  ids: (where) =>
    `the ids of ${where} are nearly used up, and soon nothing can be added: restore a backup from before the row with the great id, or remove that row and set what counts the ids back`,
  stranger: (where, count) =>
    `${times(count, 'thing is', 'things are')} in the database that this service did not put there (${where}): a trigger or a view can do anything with what people send; look who made ${count === 1 ? 'it' : 'them'}, and drop ${count === 1 ? 'it' : 'them'}`,
  email: (where, count) =>
    `${times(count, 'person has', 'people have')} a canonical email that is not that of their email (${where}): nobody finds them by it; correct email_key, or delete them`,
  email_twice: (where, count) =>
    `${times(count, 'email belongs', 'emails belong')} to more than one person (${where}): keep one of them, delete the others, and rebuild the index`,
  hash: (where, count) =>
    `${times(count, 'password is', 'passwords are')} stored in a form that nothing checks (${where}): they get in by a reset, \`bienvenue users reset ID\``,
  nobodys: (where, count) =>
    `${times(count, 'row', 'rows')} of ${where} ${count === 1 ? 'belongs' : 'belong'} to a person who is not there: delete ${count === 1 ? 'it' : 'them'}`,
  secret: (where) =>
    `nothing is under a key whose secret is set (${where}): give BIENVENUE_SECRET as the service has it, or everybody is logged out`,
}

/** The command. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'Look through a whole database for what should not be there. It changes nothing; exit code 1 if something is wrong.',
    )
    .option('--json', 'As JSON, for programs.')
  command.action(async ({ json = false }: { readonly json?: boolean }) => {
    goOnUnread()
    const { settings } = settingsFor(command)
    const { url } = settings.database
    const { keys } = findSecret(url, secretsFor(settings, url))
    const snapshot = await openSnapshot(url)
    const progress = new ProgressLine()
    try {
      const report = await checkDatabase(snapshot, keys, (rows, total) => {
        progress.say('checking', rows, total)
      })
      progress.end()
      process.stdout.write(json ? `${jsonLine(report)}\n` : `${linesOf(url, report).map(printable).join('\n')}\n`)
      if (report.findings.length > 0)
        throw new CouldNot(`not all is as it should be: ${report.findings.length} to look at`)
    } finally {
      progress.end()
      await snapshot.close()
    }
  })
  return withSettings(command)
}

/** What was found, for people. */
function linesOf(url: string, { tables, hashes, keys, findings }: CheckReport): readonly string[] {
  const counted = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${String(count)}`)
      .join(', ')
  return [
    `database        ${shownAddress(url)}`,
    `rows            ${counted(tables)}`,
    `hashes          ${counted(hashes)}`,
    ...keys.map((key) => `key ${key.id}${key.isKnown ? '' : ' (unknown)'}  ${guardedBy(key)}`),
    'audit           `bienvenue audit verify` looks whether a hand has changed it',
    ...(findings.some(({ kind }) => kind === 'secret') ? [] : keyWarnings(keys)).map((note) => `note: ${note}`),
    ...findings.map((finding) => `warning: ${sentence(finding)}`),
  ]
}

/** A finding as a sentence. */
function sentence({ kind, count, where }: Finding): string {
  return SENTENCES[kind](where.join(', '), count)
}

/** How many of something there are, with the word for one or for several. */
function times(count: number, one: string, several: string): string {
  return `${String(count)} ${count === 1 ? one : several}`
}
