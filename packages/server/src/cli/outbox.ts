/** `bienvenue outbox`: the letters that have not left, and why. */
import { Command } from 'commander'
import type { Auth } from '../auth/auth.ts'
import { secondsOf } from './audit-print.ts'
import { jsonLine, printable } from './printable.ts'
import { withAuth } from './with-auth.ts'

type Letter = Awaited<ReturnType<Auth['letters']>>[number]

const MOST = 1000

/** The command. */
export function outboxCommand(): Command {
  const command = new Command('outbox')
    .description('List the letters that wait to be sent or were given up, the latest first, a thousand at the most.')
    .option('--json', 'As JSON, one object a line, for programs.')
  return withAuth<{ readonly json?: boolean }>(command, async ({ auth, options: { json = false } }) => {
    const letters = await auth.letters(MOST)
    process.stdout.write(letters.map((letter) => `${json ? jsonLine(factsOf(letter)) : lineOf(letter)}\n`).join(''))
  })
}

/** What operators need to know of a letter: not where it goes, which is the person's own affair. */
function factsOf({ kind, userId, createdAt, tries, dueAt, givenUpAt, reason }: Letter): object {
  return { kind, userId, createdAt, tries, dueAt: givenUpAt === null ? dueAt : null, givenUpAt, reason }
}

/** A letter as a line. */
function lineOf({ kind, userId, createdAt, tries, dueAt, givenUpAt, reason }: Letter): string {
  const next = givenUpAt === null ? `next ${secondsOf(dueAt)}` : `given up ${secondsOf(givenUpAt)}`
  const cells = [
    secondsOf(createdAt),
    printable(kind).padEnd(18),
    userId === null ? 'nobody yet' : `person ${userId}`,
    `${tries} ${tries === 1 ? 'try' : 'tries'}`,
    next,
    printable(reason ?? ''),
  ]
  return cells.join('  ').trimEnd()
}
