/** What makes a form in which people come in a part of `bienvenue import`. */
import type { Option } from 'commander'
import type { ImportSource } from '../moving/record.ts'

/** What a form may be told beyond what all of them may. */
export interface FormOptions {
  readonly column?: readonly string[]
  readonly epoch?: string
  readonly table?: string
  readonly hashes?: string
  readonly hashConfig?: string
}

/** A form. */
export interface ImportForm {
  readonly name: string
  readonly description: string
  /** What it reads, as the usage shows it, and in words. */
  readonly argument: string
  readonly meaning: string
  /** Options of its own. */
  readonly options: readonly Option[]
  /** Opens what was given. @throws {UnreadableSource} where it is none. @throws {UsageError} for options that mean nothing. */
  readonly open: (given: string, options: FormOptions) => Promise<ImportSource>
}
