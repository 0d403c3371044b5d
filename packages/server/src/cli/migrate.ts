/** `bienvenue migrate`: brings the database to the state that this release expects. `serve` does the same at its start. */
import { Command } from 'commander'
import { settingsFor, withSettings } from './with-settings.ts'

/** The command. */
export function migrateCommand(): Command {
  const command = new Command('migrate').description('Bring the database to the state that this release expects.')
  return withSettings(command).action(async () => {
    const { openAuth } = await import('../service.ts')
    const { migrated, close } = await openAuth(settingsFor(command).settings)
    await close()
    process.stdout.write(migrated.length === 0 ? 'nothing to do\n' : migrated.map((name) => `ran ${name}\n`).join(''))
  })
}
