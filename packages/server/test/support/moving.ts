/** Moving in and out as operators do it: the command as a process of its own, on a database of the test. */
import { tmpdir } from 'node:os'
import { hashSync } from '@node-rs/bcrypt'
import type { ImportReport } from '../../src/auth/moving-in-report.ts'
import type { Problem } from '../../src/auth/moving-in-run.ts'
import { SECRET } from './databases.ts'
import { runProgram } from './program.ts'
import type { Ended } from './program.ts'

/** The environment of a command on this database. */
export function environmentOf(url: string): Readonly<Record<string, string>> {
  return { DATABASE_URL: url, BIENVENUE_SECRET: SECRET }
}

/** Runs the command on a database. */
export async function runOn(url: string, args: readonly string[], input = ''): Promise<Ended> {
  return runProgram(args, { cwd: tmpdir(), env: environmentOf(url), input })
}

/** What an import came to. */
export interface Imported extends Ended {
  readonly report: ImportReport & { readonly problems: { readonly all: number; readonly first: readonly Problem[] } }
}

/** Runs `import` with these arguments, and reads its report. */
export async function importInto(url: string, args: readonly string[], input = ''): Promise<Imported> {
  const ended = await runOn(url, ['import', ...args, '--json'], input)
  if (!ended.out.startsWith('{')) throw new Error(`${String(ended.code)}: ${ended.err}`)
  return { ...ended, report: JSON.parse(ended.out) as Imported['report'] }
}

/** A hash as the original makes it, at the least cost that is not weak. */
export function bcryptOf(password: string): string {
  return hashSync(password, 10)
}

/** Rows as lines of JSON. */
export function jsonLines(...rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
