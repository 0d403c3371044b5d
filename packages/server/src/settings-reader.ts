/** Reads the settings: flags over environment over a settings file over the preset. Whatever is wrong stops the start, by name. */
import { closest } from 'fastest-levenshtein'
import { z } from 'zod'
import { SettingsError } from './errors.ts'
import { PRESETS } from './setting.ts'
import type { Preset, Setting } from './setting.ts'
import { allSettings, settingsOf } from './settings-list.ts'
import type { SettingNames } from './settings-list.ts'
import { describe, masked, shape } from './settings-words.ts'
import type { Settings, SomeSettings } from './settings.ts'

/** Where values may come from. All but the file's are text. */
export interface SettingsSources {
  /** By the name of the flag, such as `--port`. */
  readonly flags?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Values by room and name, and where they come from, such as `file bienvenue.json`. */
  readonly rooms?: { readonly from: string; readonly values: Readonly<Record<string, unknown>> }
}

/** One value as it was chosen, and where it comes from. */
export interface ChosenSetting extends SettingNames {
  readonly setting: Setting
  readonly value: unknown
  /** Such as `preset classic` or `environment PORT`. */
  readonly from: string
}

/** What came of reading. */
export interface ReadSettings {
  readonly settings: Settings
  /** Where the name of the preset comes from. */
  readonly presetFrom: string
  readonly chosen: readonly ChosenSetting[]
}

/** Environment names of ours that are no settings themselves. */
export const OTHER_ENV_NAMES = { preset: 'BIENVENUE_PRESET', file: 'BIENVENUE_SETTINGS_FILE' } as const

type Given = { readonly value: unknown; readonly from: string; readonly name: string } | undefined
type Entry = SettingNames & { readonly setting: Setting }

/**
 * The settings, and for each where it comes from.
 * @throws {SettingsError} that says which name is wrong, what is wrong with it, and which name may have been meant.
 */
export function readSettings({ flags = {}, env = {}, rooms }: SettingsSources): ReadSettings {
  refuseUnknownEnv(env)
  const { preset: presetInRooms, ...values } = rooms === undefined ? {} : checkRooms(rooms)
  const { preset, from: presetFrom } = choosePreset([
    [flags['--preset'], 'flag --preset', '--preset'],
    [
      env[OTHER_ENV_NAMES.preset] === '' ? undefined : env[OTHER_ENV_NAMES.preset],
      `environment ${OTHER_ENV_NAMES.preset}`,
      OTHER_ENV_NAMES.preset,
    ],
    [presetInRooms, rooms?.from ?? '', 'preset'],
  ])
  const chosen = allSettings().map((entry): ChosenSetting => {
    const given = fromFlag(entry, flags) ?? fromEnv(entry, env) ?? fromRooms(entry, values as Rooms, rooms?.from ?? '')
    if (given === undefined) return { ...entry, value: entry.setting[preset], from: `preset ${preset}` }
    return { ...entry, value: check(entry.setting, given), from: given.from }
  })
  return { settings: settingsOf(preset, byRoom(chosen)), presetFrom, chosen }
}

type Rooms = Readonly<Record<string, Readonly<Record<string, unknown>>>>
const RoomsShape = z.object({ preset: z.string().optional() }).catchall(z.record(z.string(), z.unknown()))

/** A settings file is JSON, room by room: `{"preset": "classic", "reset": {"minutes": 30}}`. */
export function parseSettingsFile(path: string, content: string): NonNullable<SettingsSources['rooms']> {
  return { from: `file ${path}`, values: parseJson(path, content) as Readonly<Record<string, unknown>> }
}

/** Sees to it that there are rooms, and in them only names that exist. */
function checkRooms({ from, values }: NonNullable<SettingsSources['rooms']>): Readonly<Record<string, unknown>> {
  const parsed = RoomsShape.safeParse(values)
  if (!parsed.success)
    throw new SettingsError(`${from}: must be an object of rooms, such as {"reset": {"minutes": 30}}`)
  const known = allSettings().map(({ path }) => path)
  for (const [room, names] of Object.entries(parsed.data)) {
    const unknown =
      typeof names === 'object' ? Object.keys(names).find((name) => !known.includes(`${room}.${name}`)) : undefined
    if (unknown !== undefined) throw new SettingsError(`${from}: ${nearest(`${room}.${unknown}`, known)}`)
  }
  return parsed.data
}

/** The content as JSON, or a refusal that does not repeat it: it may hold secrets. */
function parseJson(path: string, content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    throw new SettingsError(`${path}: is not JSON`)
  }
}

/** A misspelt name of ours must not be passed over: it would leave a weaker value in force. */
function refuseUnknownEnv(env: Readonly<Record<string, string | undefined>>): void {
  const known: string[] = [...allSettings().map((entry) => entry.env), ...Object.values(OTHER_ENV_NAMES)]
  const unknown = Object.keys(env).find((name) => name.startsWith('BIENVENUE_') && !known.includes(name))
  if (unknown !== undefined) throw new SettingsError(nearest(unknown, known))
}

/** The name that is nearest to one that does not exist. */
export function nearestName(unknown: string, known: readonly string[]): string {
  return closest(unknown, known)
}

/** Says that there is no such name, and which one is nearest to it. */
export function nearest(unknown: string, known: readonly string[]): string {
  return `${unknown}: there is no such setting; did you mean ${nearestName(unknown, known)}? All are listed by \`bienvenue settings\`.`
}

/** The first preset that is named, or classic: a first start speaks the contract to the letter. */
function choosePreset(candidates: readonly (readonly [named: unknown, from: string, name: string])[]): {
  readonly preset: Preset
  readonly from: string
} {
  const [named, from, name] = candidates.find(([given]) => given !== undefined) ?? ['classic', 'default', '']
  const preset = PRESETS.find((one) => one === named)
  if (preset === undefined) {
    throw new SettingsError(`${name}: must be one of ${PRESETS.join(', ')}, not ${JSON.stringify(named)}`)
  }
  return { preset, from }
}

/** The value given as a flag of the command. */
function fromFlag({ flag, setting }: Entry, flags: Readonly<Record<string, string>>): Given {
  const text = flag === null ? undefined : flags[flag]
  return text === undefined || flag === null
    ? undefined
    : { value: decode(setting, text), from: `flag ${flag}`, name: flag }
}

/** The value given in the environment, where an empty one counts as none. */
function fromEnv({ env, setting }: Entry, given: Readonly<Record<string, string | undefined>>): Given {
  const text = given[env]
  return text === undefined || text === ''
    ? undefined
    : { value: decode(setting, text), from: `environment ${env}`, name: env }
}

/** The value given by room and name. */
function fromRooms({ path }: SettingNames, rooms: Rooms, from: string): Given {
  const [room = '', name = ''] = path.split('.')
  const value = rooms[room]?.[name]
  return value === undefined ? undefined : { value, from, name: path }
}

/** Text as the type that the setting asks for; what cannot be read stays text, and fails the check. */
function decode({ schema }: Setting, text: string): unknown {
  const { type } = shape(schema)
  if (type === 'integer') return /^\d{1,15}$/.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'yes' ? true : text === 'no' ? false : text
  if (type === 'array')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  return text
}

/** The value if it is within its bounds. A secret is not repeated in the refusal. */
function check({ schema, secret }: Setting, { value, name }: NonNullable<Given>): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new SettingsError(
    `${name}: must be ${describe(schema)}${secret === true ? '' : `, not ${masked(JSON.stringify(value))}`}`,
  )
}

/** The chosen values as the rooms that the program reads. */
function byRoom(chosen: readonly ChosenSetting[]): SomeSettings {
  const rooms: Record<string, Record<string, unknown>> = {}
  for (const { path, value } of chosen) {
    const [room = '', name = ''] = path.split('.')
    rooms[room] = { ...rooms[room], [name]: value }
  }
  return rooms
}
