/** Commands that look into a database, or change something in it: they open it, act, and close it again. */
import type { Command } from 'commander'
import type { Auth } from '../auth/auth.ts'
import type { Settings } from '../settings.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** What a command does once the database is open: `given` are its arguments, as many as were given. */
export type Act<Options> = (work: {
  readonly auth: Auth
  readonly settings: Settings
  readonly options: Options
  readonly given: readonly string[]
}) => Promise<void>

/** Throws where options and arguments mean nothing together, before anything is opened. */
export type Check<Options> = (options: Options, given: readonly string[]) => void

/** Lets a command act on the database that the settings name. There must be one: looking into it makes none. */
export function withAuth<Options extends object>(
  command: Command,
  act: Act<Options>,
  check: Check<Options> = () => undefined,
): Command {
  command.action(async (...all: unknown[]) => {
    const { settings } = settingsFor(command)
    const given = all.filter((argument) => typeof argument === 'string')
    const options = command.opts<Options>()
    check(options, given)
    await onAuth(settings, async (auth) => act({ auth, settings, options, given }))
  })
  return withSettings(command)
}

/** Opens what the settings name, works with it, and closes it. */
export async function onAuth<T>(settings: Settings, work: (auth: Auth) => Promise<T>): Promise<T> {
  const { openAuth } = await import('../service.ts')
  const { auth, close } = await openAuth(settings, {}, { mustExist: true })
  try {
    return await work(auth)
  } finally {
    await close()
  }
}
