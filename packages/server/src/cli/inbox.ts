/** `bienvenue inbox`: the letters of a service without a mail server. */
import { Command } from 'commander'
import type { Auth } from '../auth/auth.ts'
import { CouldNot, UsageError } from './explain.ts'
import { jsonLine, printable, printableLines } from './printable.ts'
import { onAuth } from './with-auth.ts'
import { settingsFor, withSettings } from './with-settings.ts'

type Letter = Awaited<ReturnType<Auth['inbox']>>[number]

/** The command. */
export function inboxCommand(): Command {
  const command = new Command('inbox')
    .description('List the letters of a service without a mail server, the latest first, or show one.')
    .argument('[n]', 'the number of a letter, to show it whole')
    .option('--json', 'As JSON, one object a line, for programs.')
  command.action(async (n: string | undefined, { json = false }: { readonly json?: boolean }) => {
    if (n !== undefined && !/^\d{1,15}$/.test(n))
      throw new UsageError('inbox takes the number of a letter, as `bienvenue inbox` lists them')
    const { settings } = settingsFor(command)
    if (settings.preset === 'hardened' || settings.mail.smtpUrl !== null)
      throw new CouldNot(
        'there is no inbox: letters go to the SMTP server; `bienvenue outbox` lists those that have not left',
      )
    const letters = await onAuth(settings, async (auth) => auth.inbox())
    const chosen = n === undefined ? letters : [pick(letters, n)]
    const write = json ? jsonLine : n === undefined ? lineOf : whole
    process.stdout.write(chosen.map((letter) => `${write(letter)}\n`).join(''))
  })
  return withSettings(command)
}

/** The letter of this number. */
function pick(letters: readonly Letter[], n: string): Letter {
  const letter = letters.find(({ id }) => id === Number(n))
  if (letter === undefined) throw new CouldNot(`there is no letter ${n} in the inbox`)
  return letter
}

/** A letter as a line. */
function lineOf({ id, sentAt, to, subject }: Letter): string {
  return [String(id).padStart(6), sentAt.toISOString().slice(0, 19), printable(to), printable(subject)].join('  ')
}

/** A letter as people read it. */
function whole({ to, subject, sentAt, text }: Letter): string {
  const head = [`To: ${printable(to)}`, `Subject: ${printable(subject)}`, `Date: ${sentAt.toISOString()}`]
  return [...head, '', printableLines(text)].join('\n')
}
