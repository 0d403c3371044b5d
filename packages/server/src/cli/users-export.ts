/** `bienvenue users export`: everybody as they are, hashes included, in the form that `bienvenue import` reads. */
import { rm } from 'node:fs/promises'
import { Command, Option } from 'commander'
import type { Auth } from '../auth/auth.ts'
import { recordWriters } from '../moving/write.ts'
import type { Written } from '../moving/write.ts'
import { UsageError } from './explain.ts'
import { LineSink } from './private-file.ts'
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
      const sink = out === '-' ? LineSink.ofOutput() : await LineSink.create(out)
      try {
        const written = await writeAll(auth, sink, format)
        await sink.close()
        if (out !== '-')
          process.stdout.write(`${count(written)} accounts are in ${out}; keep it as safe as the database\n`)
      } catch (error) {
        if (out !== '-') await rm(out) // half of a file would be taken for a whole one
        throw error
      }
    },
    ({ out }) => {
      if (out === undefined && process.stdout.isTTY)
        throw new UsageError('hashes of passwords would show on the terminal; name a file with --out, or say --out -')
    },
  )
}

/** Writes everybody, and resolves to how many they are. */
async function writeAll(auth: Auth, sink: LineSink, format: Options['format']): Promise<number> {
  const { first, line } = recordWriters[format]
  const progress = new ProgressLine()
  let written = 0
  await sink.write(first)
  for await (const account of auth.movingOut.accounts()) {
    await sink.write(line(writtenFrom(account)))
    progress.say('writing', ++written, null)
  }
  progress.end()
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
