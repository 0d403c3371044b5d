/** `bienvenue audit`: what happened, when, to whom and from where; and whether a hand has changed the record. */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Command } from 'commander'
import type { AuditQuery, AuditRecord, AuditSearch } from '../auth/audit-search.ts'
import { DatabaseForbids, DatabaseUnavailable } from '../errors.ts'
import { formOf, limitFrom, queryFrom } from './audit-options.ts'
import type { Options } from './audit-options.ts'
import { writers } from './audit-print.ts'
import { printable } from './printable.ts'
import { verifyCommand } from './audit-verify.ts'
import { withAuth } from './with-auth.ts'

const LOOK_MS = 1000
const WAITING = 'waiting for it, and going on from here; Ctrl-C ends\n'
const BACK = 'bienvenue: the database is back\n'

/** The command. */
export function auditCommand(): Command {
  const command = new Command('audit')
    .description('Print what happened to accounts, the latest last: who, when, from where, how. Times are UTC.')
    .option('--person <who>', 'Only about one person: an email, as it was typed too, or an id.')
    .option('--kind <kinds>', 'Only these kinds, with commas between them: login, or login.failed.')
    .option('--failed', 'Only what was refused.')
    .option('--since <when>', 'Only from then on: 2026-11-21T12:00Z, 2026-11-21, or 30m, 2h, 7d ago.')
    .option('--until <when>', 'Only before then.')
    .option('--source <address>', 'Only from an address, or a network such as 203.0.113.0/24.')
    .option('--limit <number>', 'How many at the most, the latest ones; 0 for all.', '100')
    .option('--follow', 'Go on with what happens from now on, until Ctrl-C.')
    .option('--json', 'As JSON, one object a line, for programs.')
    .option('--csv', 'As CSV with a first line of names, for spreadsheets.')
    .enablePositionalOptions() // what stands behind `verify` is its own
    .addCommand(verifyCommand())
  return withAuth<Options>(
    command,
    async ({ auth, options }) => {
      const search = auth.audit.search(queryFrom(options) satisfies AuditQuery)
      const { first, line } = writers[formOf(options)]
      await write(first)
      await writeAll(search.find(limitFrom(options)), line)
      if (options.follow === true) await follow(search, line)
    },
    (options) => {
      formOf(options)
      limitFrom(options)
      queryFrom(options)
    },
  )
}

/** Looks each second for what is new, until somebody ends the program. A database that is gone is waited for, and what came meanwhile follows. */
async function follow(search: AuditSearch, line: (record: AuditRecord) => string): Promise<void> {
  const end = new AbortController()
  let isGone = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort())
  while (!end.signal.aborted) {
    await pause(LOOK_MS, undefined, { signal: end.signal }).catch(() => undefined)
    try {
      await writeAll(search.findNew(), line)
      if (isGone) process.stderr.write(BACK)
      isGone = false
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || error instanceof DatabaseForbids) throw error
      if (!isGone) process.stderr.write(`bienvenue: warning: ${printable(error.message)}; ${WAITING}`)
      isGone = true
    }
  }
}

/** Writes a line for each entry, no faster than they are taken: so there is room for as many as there are. */
async function writeAll(records: AsyncIterable<AuditRecord>, line: (record: AuditRecord) => string): Promise<void> {
  for await (const record of records) await write(line(record))
}

/** Writes text, and waits where nobody has taken what was written before. */
async function write(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain')
}
