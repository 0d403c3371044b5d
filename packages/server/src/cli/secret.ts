/** `bienvenue secret`: prints a fresh secret, fit for BIENVENUE_SECRET; and `secret rotate` tells how far an exchange has come. */
import { Command } from 'commander'
import type { Auth } from '../auth/auth.ts'
import type { Settings } from '../settings.ts'
import { withAuth } from './with-auth.ts'

type KeyReport = Awaited<ReturnType<Auth['keys']['report']>>[number]

/** The command. */
export function secretCommand(): Command {
  return new Command('secret')
    .description('Print a fresh secret, fit for BIENVENUE_SECRET.')
    .action(async () => {
      const { makeSecret } = await import('../crypto/token.ts')
      process.stdout.write(`${makeSecret()}\n`)
    })
    .addCommand(rotateCommand())
}

/** The part that helps to exchange a secret. */
function rotateCommand(): Command {
  const command = new Command('rotate')
    .description('Tell what each secret still guards, and what to do next to exchange it.')
    .option('--json', 'As JSON, one object a line, for programs.')
  return withAuth<{ readonly json?: boolean }>(command, async ({ auth, settings, options: { json = false } }) => {
    const uses = await auth.keys.report()
    const lines = json ? uses.map((use) => JSON.stringify(use)) : [...uses.map(lineOf), ...nextSteps(uses, settings)]
    process.stdout.write(`${lines.join('\n')}\n`)
  })
}

/** What a key guards, as a line. */
function lineOf({ id, state, sessions, links, devices }: KeyReport): string {
  return `${state.padEnd(6)}  key ${id}  sessions ${sessions}  links ${links}  devices ${devices}`
}

/** What to do next. */
function nextSteps(uses: readonly KeyReport[], settings: Settings): readonly string[] {
  const older = uses.filter(({ state }) => state === 'older')
  const left = older.reduce((sum, { sessions, links }) => sum + sessions + links, 0)
  const isOwn = settings.service.secret === null && settings.service.secretFile === null
  const gone = uses.some(({ state }) => state === 'gone') ? [GONE] : []
  if (older.length === 0) return [...gone, isOwn ? OWN : ONE]
  const advice = left === 0 ? DONE : `${WAIT} ${longestDays(settings)} days at the most. ${LEAKED}`
  return [...gone, advice, `${KEEP} ${settings.audit.days} days at the most.`]
}

const GONE = 'gone: the secret of that key is no longer set, so what it guarded counts no more.'
const OWN =
  'The secret is in the file beside the database whose name ends with .secret. To exchange it, set BIENVENUE_SECRET=new,old, with a fresh one from `bienvenue secret` and the content of that file, and start the service again.'
const ONE =
  'One secret is set. To exchange it, make a fresh one with `bienvenue secret`, set BIENVENUE_SECRET=new,old (or write both into the file of BIENVENUE_SECRET_FILE), start the service again, and ask here once more.'
const DONE =
  'No session and no link needs an old secret any more: take it out, so that the new one stands alone, and start the service again. Devices are known anew at their next login.'
const WAIT = 'Sessions and links still need an old secret: keep it until they have ended,'
const LEAKED =
  'If it may have leaked, take it out at once: those sessions and links end with it, and nobody loses a password.'
const KEEP =
  'Once it is out, keep it in another place than the service: `bienvenue audit verify` needs it, as BIENVENUE_SECRET=new,old, for as long as the audit has entries of its time,'

/** After how many days the last session or link has ended that is made today. */
function longestDays({ sessions, email, users, verification }: Settings): number {
  const links = [email.undoDays, users.graceDays, Math.ceil(Math.max(email.hours, verification.hours) / 24)]
  return Math.max(sessions.rememberedDays, Math.ceil(sessions.hours / 24), ...links)
}
