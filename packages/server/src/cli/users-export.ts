/** `bienvenue users export`: everybody as they are, hashes included, in the form that `bienvenue import` reads. */
import { Command, Option } from 'commander'
import type { Auth } from '../auth/auth.ts'
import { recordWriters } from '../moving/write.ts'
import type { Written } from '../moving/write.ts'
import { stoppable } from './db-stop.ts'
import { UsageError } from './explain.ts'
import { LineSink, writeWhole } from './private-file.ts'
import { count, ProgressLine } from './progress.ts'
import { withAuth } from './with-auth.ts'

/** What the command may be told. */
interface Options {
  readonly format: keyof typeof recordWriters
  readonly out?: string
}

type Account = ReturnType<Auth['movingOut']['accounts']> extends AsyncGenerator<infer T> ? T : never

/** The command. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description('Write everybody to a file, with the hashes of their passwords: it is as secret as the database.')
    .addOption(new Option('--format <format>', 'How.').choices(Object.keys(recordWriters)).default('jsonl'))
    .option('--out <file>', 'A new file, which only its owner can read, or - for standard output.')
  return withAuth<Options>(
    command,
    async ({ auth, options }) => {
      const { out = '-', format } = options
      if (out === '-') {
        await writeAll(auth, LineSink.ofOutput(), format)
        return
      }
      const refuseStopped = stoppable()
      let written = 0
      await writeWhole(out, async (sink) => {
        written = await writeAll(auth, sink, format, refuseStopped)
      })
      process.stdout.write(`${count(written)} accounts are in ${out}; keep it as safe as the database\n`)
    },
    ({ out }) => {
      if (out === undefined && process.stdout.isTTY)
        throw new UsageError('hashes of passwords would show on the terminal; name a file with --out, or say --out -')
    },
  )
}

/** Writes everybody, and resolves to how many they are. `refuseStopped` is asked before each of them. */
async function writeAll(
  auth: Auth,
  sink: LineSink,
  format: Options['format'],
  refuseStopped = (): void => undefined,
): Promise<number> {
  const { first, line } = recordWriters[format]
  const progress = new ProgressLine()
  let written = 0
  try {
    await sink.write(first)
    for await (const account of auth.movingOut.accounts()) {
      refuseStopped()
      await sink.write(line(writtenFrom(account)))
      progress.say('writing', ++written, null)
    }
  } finally {
    progress.end()
  }
  return written
}

/** An account by the names of our fields. */
function writtenFrom(account: Account): Written {
  return {
    id: account.id,
    email: account.email,
    email_verified_at: account.verifiedAt,
    password_hash: account.hash,
    password_set_at: account.passwordSetAt,
    created_at: account.createdAt,
    disabled_at: account.disabledAt,
    admin_at: account.adminAt,
    delete_at: account.deleteAt,
    language: account.language,
  }
}
