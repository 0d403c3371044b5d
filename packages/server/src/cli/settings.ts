/** `bienvenue settings`: every setting, its value, where that comes from, and what is weaker than hardened's own. */
import { Command } from 'commander'
import type { ChosenSetting } from '../settings-reader.ts'
import { inWords } from '../settings-values.ts'
import { weakerIn } from '../settings-weaker.ts'
import { printable } from './printable.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** One line of the list. */
interface Row {
  readonly name: string
  readonly value: string
  readonly from: string
  /** Hardened's own value, where this one is weaker. */
  readonly weakerThan?: string
}

/** The command. */
export function settingsCommand(): Command {
  const command = new Command('settings')
    .description('Print every setting, its value, where that comes from, and what is weaker than hardened.')
    .option('--json', 'As JSON, for programs.')
  return withSettings(command).action(() => {
    const { settings, presetFrom, chosen } = settingsFor(command)
    const own = new Map(weakerIn(settings).map((weaker) => [weaker.path, weaker.own]))
    const rows: readonly Row[] = [
      { name: 'preset', value: settings.preset, from: presetFrom },
      ...chosen.map((entry) => rowOf(entry, own.get(entry.path))),
    ]
    const isForPrograms = command.opts<{ json?: boolean }>().json === true
    process.stdout.write(isForPrograms ? `${JSON.stringify(rows)}\n` : table(rows))
  })
}

/** A setting as a line of the list. Secrets are masked, also in an address. */
function rowOf({ path, setting, value, from }: ChosenSetting, own: string | undefined): Row {
  const shown = setting.secret === true && value !== null ? '(secret)' : inWords(value)
  return { name: path, value: shown, from, ...(own !== undefined && { weakerThan: own }) }
}

/** The list in columns. */
function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, from, weakerThan }) => {
    return [name, printable(value), printable(from), weakerThan === undefined ? '' : `weaker than ${weakerThan}`]
  })
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}
