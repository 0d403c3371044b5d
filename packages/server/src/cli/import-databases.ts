/** The forms in which people come from other products' databases. */
import { Option } from 'commander'
import { isPostgres } from '../database-address.ts'
import { isSqliteFile } from '../db/dialects/sqlite-foreign.ts'
import { openDjango } from '../db/foreign/django.ts'
import { openFlask } from '../db/foreign/flask.ts'
import { DjangoDump } from '../moving/django-dump.ts'
import { Input } from '../moving/input.ts'
import type { ImportForm } from './import-form.ts'
import { sourceAddress } from './import-options.ts'

/** All of them. */
export const DATABASE_FORMS: readonly ImportForm[] = [
  {
    name: 'flask',
    description: 'From the original of this service: the SQLite database a.db of its Flask application.',
    argument: '<file>',
    meaning: 'the file, which is only read',
    options: [],
    open: async (path) => Promise.resolve(openFlask(path)),
  },
  {
    name: 'django',
    description: 'From Django: its SQLite file, its PostgreSQL, or what `dumpdata --format jsonl` wrote of any other.',
    argument: '<source>',
    meaning: 'a file, - for a dump on standard input, postgres://…, or env:NAME for an address in the environment',
    options: [new Option('--table <name>', 'The table of people.').default('auth_user')],
    open: async (given, { table = 'auth_user' }) => {
      const address = sourceAddress(given)
      if (isPostgres(address) || (address !== '-' && isSqliteFile(address))) return openDjango(address, table)
      return new DjangoDump(await Input.open(address), table)
    },
  },
]
