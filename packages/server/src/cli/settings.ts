/** `bienvenue settings`: every setting, its value, and where that comes from. */
import { Command } from 'commander'
import { masked } from '../settings-words.ts'
import type { ChosenSetting } from '../settings-reader.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** The command. */
export function settingsCommand(): Command {
  const command = new Command('settings')
    .description('Print every setting, its value and where that comes from.')
    .option('--json', 'As JSON, for programs.')
  return withSettings(command).action(() => {
    const { settings, presetFrom, chosen } = settingsFor(command)
    const rows = [
      ['preset', settings.preset, presetFrom],
      ...chosen.map((entry) => [entry.path, shown(entry), entry.from]),
    ]
    if (command.opts<{ json?: boolean }>().json === true) {
      process.stdout.write(`${JSON.stringify(rows.map(([name, value, from]) => ({ name, value, from })))}\n`)
      return
    }
    const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    for (const row of rows)
      process.stdout.write(
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
      )
  })
}

/** A value as text. Secrets are masked, also in an address. */
function shown({ value, setting }: ChosenSetting): string {
  if (value === null) return '(none)'
  if (setting.secret === true) return '(secret)'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.join(',')
  return masked(typeof value === 'string' ? value : JSON.stringify(value))
}
