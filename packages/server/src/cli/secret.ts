/** `bienvenue secret`: prints a fresh secret, fit for BIENVENUE_SECRET. */
import { Command } from 'commander'

/** The command. */
export function secretCommand(): Command {
  return new Command('secret').description('Print a fresh secret, fit for BIENVENUE_SECRET.').action(async () => {
    const { makeSecret } = await import('../crypto/token.ts')
    process.stdout.write(`${makeSecret()}\n`)
  })
}
