/** The values that settings have, each with all that is known of it, and in words. */
import type { Setting } from './setting.ts'
import { allSettings } from './settings-list.ts'
import type { SettingNames } from './settings-list.ts'
import { masked } from './settings-words.ts'
import type { Settings } from './settings.ts'

/** One setting with the value that it has. */
export interface SettingValue extends SettingNames {
  readonly setting: Setting
  readonly value: unknown
}

/** Every setting with its value, in the order of the list. */
export function valuesIn(settings: Settings): readonly SettingValue[] {
  const rooms = Object.entries<Readonly<Record<string, unknown>> | string>(settings).filter(
    ([room]) => room !== 'preset',
  )
  const values = new Map(
    rooms.flatMap(([room, named]) =>
      Object.entries<unknown>(named).map(([name, value]): [string, unknown] => [`${room}.${name}`, value]),
    ),
  )
  return allSettings().map((entry) => ({ ...entry, value: values.get(entry.path) }))
}

/** A value as people write it. Passwords in addresses are masked; what is a secret as a whole must not come here. */
export function inWords(value: unknown): string {
  if (value === null) return '(none)'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.join(',')
  return masked(typeof value === 'string' ? value : JSON.stringify(value))
}
