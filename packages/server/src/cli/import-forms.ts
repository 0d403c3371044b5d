/** The forms in which people can come in, a part of `bienvenue import` each. A further one is a further entry. */
import { Option } from 'commander'
import { Csv } from '../moving/csv.ts'
import { Input } from '../moving/input.ts'
import { JsonLines } from '../moving/jsonl.ts'
import { SchemaReader } from '../moving/schema.ts'
import { DATABASE_FORMS } from './import-databases.ts'
import type { ImportForm } from './import-form.ts'
import { schemaFrom } from './import-options.ts'
import { PRODUCT_FORMS } from './import-products.ts'

/** What the forms of our own schema may be told. */
const OWN_SCHEMA = [
  new Option(
    '--column <ours=theirs>',
    'What the file calls a field of ours, such as email=mail; once for each.',
  ).argParser((given: string, before: readonly string[] | undefined) => [...(before ?? []), given]),
  new Option('--epoch <unit>', 'What plain numbers count where an instant is meant: s or ms since 1970.'),
  new Option('--admins', 'Make admins of those whom the file names as such: only for what `users export` wrote.'),
]
const FILE = { argument: '<file>', meaning: 'the file, or - for standard input' } as const

/** All of them. */
export const FORMS: readonly ImportForm[] = [
  ...DATABASE_FORMS,
  ...PRODUCT_FORMS,
  {
    name: 'jsonl',
    description: 'From JSON Lines: an object on each line, in the form that `users export` writes.',
    ...FILE,
    options: OWN_SCHEMA,
    open: async (path, options) => {
      const schema = schemaFrom(options)
      return new JsonLines(await Input.open(path), schema)
    },
  },
  {
    name: 'csv',
    description: 'From CSV whose first line names the columns, in the form that `users export` writes.',
    ...FILE,
    options: OWN_SCHEMA,
    open: async (path, options) => {
      const schema = schemaFrom(options)
      return new Csv(await Input.open(path), () => new SchemaReader(schema))
    },
  },
]
