/** Every command that works with settings takes each of them as a flag. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { Option } from 'commander'
import { SettingsError } from '../errors.ts'
import { OTHER_ENV_NAMES, parseSettingsFile, readSettings } from '../settings-reader.ts'
import type { ReadSettings } from '../settings-reader.ts'
import { PRESETS } from '../setting.ts'
import { holdsPassword } from '../settings-words.ts'
import { allSettings } from '../settings-list.ts'

const FILE_FLAG = '--settings-file'

/** Adds a flag for each setting that is no secret. */
export function withSettings(command: Command): Command {
  command.optionsGroup('Settings:')
  command.option('--preset <preset>', `The values to start from: ${PRESETS.join(' or ')}.`)
  command.option(`${FILE_FLAG} <path>`, `A JSON file of settings (or ${OTHER_ENV_NAMES.file}).`)
  for (const { flag, setting } of allSettings()) {
    if (flag !== null) command.addOption(new Option(`${flag} <value>`, setting.meaning))
  }
  return command
}

/**
 * The settings for a command: flags over environment over a settings file over the preset.
 * @throws {SettingsError} for what is wrong with them.
 */
export function settingsFor(command: Command): ReadSettings {
  const flags = flagsOf(command)
  const path = flags[FILE_FLAG] ?? process.env[OTHER_ENV_NAMES.file]
  refusePasswordInFlag(flags['--database-url'])
  return readSettings({
    flags,
    env: process.env,
    ...(path !== undefined && path !== '' && { rooms: parseSettingsFile(path, readFile(path)) }),
  })
}

/** The flags that were given, by their names. */
function flagsOf(command: Command): Readonly<Record<string, string>> {
  const values = command.opts<Record<string, unknown>>()
  const given = command.options.map((option) => [option.long ?? '', values[option.attributeName()]] as const)
  return Object.fromEntries(given.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
}

/** Flags show in the process list. */
function refusePasswordInFlag(url: string | undefined): void {
  if (url !== undefined && holdsPassword(url)) {
    throw new SettingsError(
      '--database-url: holds a password, which would show in the process list; give it as DATABASE_URL in the environment',
    )
  }
}

/** The content of the settings file. */
function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new SettingsError(`${FILE_FLAG} or ${OTHER_ENV_NAMES.file}: ${path} cannot be read`)
  }
}
