/** All settings as a list, with the names by which each goes; and their values in a preset. */
import type { Preset, Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'
import type { Settings, SomeSettings } from './settings.ts'

/** The names by which one setting goes: in the file and the code, in the environment, as a flag of the command. */
export interface SettingNames {
  /** Such as `reset.minutes`. */
  readonly path: string
  /** Such as `BIENVENUE_RESET_MINUTES`. */
  readonly env: string
  /** Such as `--reset-minutes`; null for secrets, which would show in the process list. */
  readonly flag: string | null
}

/** Every setting with its names, in the order of `SETTINGS`. */
export function allSettings(): readonly (SettingNames & { readonly setting: Setting })[] {
  return Object.entries(SETTINGS).flatMap(([room, settings]) =>
    Object.entries<Setting>(settings).map(([name, setting]) => {
      const env = setting.env ?? `BIENVENUE_${`${room}_${name}`.replace(/(?=[A-Z][a-z])/g, '_').toUpperCase()}`
      const flag = `--${env
        .replace(/^BIENVENUE_/, '')
        .toLowerCase()
        .replaceAll('_', '-')}`
      return { path: `${room}.${name}`, env, flag: setting.secret === true ? null : flag, setting }
    }),
  )
}

/** The settings of a preset as they are, with these changes on top. What comes in here was checked, or is the program's own. */
export function settingsOf(preset: Preset, changes: SomeSettings = {}): Settings {
  const rooms = Object.entries(SETTINGS).map(([room, settings]): [string, object] => {
    const values = Object.entries<Setting>(settings).map(([name, setting]): [string, unknown] => [
      name,
      setting[preset],
    ])
    return [room, { ...Object.fromEntries(values), ...changes[room as keyof SomeSettings] }]
  })
  return { ...Object.fromEntries(rooms), preset } as Settings
}
