/** The forms in which people come from other products, each with a guide in docs/coming-from. */
import { Option } from 'commander'
import { isPostgres } from '../database-address.ts'
import { Lookup } from '../db/dialects/sqlite-lookup.ts'
import { openBetterAuth } from '../db/foreign/better-auth.ts'
import { openSupabase } from '../db/foreign/supabase.ts'
import { openAuth0 } from '../moving/auth0.ts'
import { Csv } from '../moving/csv.ts'
import { openFirebase } from '../moving/firebase.ts'
import { Input } from '../moving/input.ts'
import { openKeycloak } from '../moving/keycloak.ts'
import { SupabaseReader } from '../moving/supabase.ts'
import type { ImportForm } from './import-form.ts'
import { sourceAddress } from './import-options.ts'

/** All of them. */
export const PRODUCT_FORMS: readonly ImportForm[] = [
  {
    name: 'better-auth',
    description: 'From Better Auth: its SQLite file, or its PostgreSQL.',
    argument: '<source>',
    meaning: 'a file, postgres://…, or env:NAME for an address in the environment',
    options: [],
    open: async (given) => openBetterAuth(sourceAddress(given), new Date()),
  },
  {
    name: 'supabase',
    description: 'From Supabase: its table auth.users as CSV, or its PostgreSQL.',
    argument: '<source>',
    meaning: 'a file of CSV, postgres://…, or env:NAME for an address in the environment',
    options: [],
    open: async (given) => {
      const [address, now] = [sourceAddress(given), new Date()]
      if (isPostgres(address)) return openSupabase(address, now)
      return new Csv(await Input.open(address), () => new SupabaseReader(now))
    },
  },
  {
    name: 'keycloak',
    description: 'From Keycloak: what `kc.sh export` wrote of one realm.',
    argument: '<path>',
    meaning: 'the folder, or one of its files',
    options: [],
    open: openKeycloak,
  },
  {
    name: 'auth0',
    description: 'From Auth0: its export of users, and the file of hashes from its support.',
    argument: '<file>',
    meaning: 'the export of users, with an object on each line',
    options: [new Option('--hashes <file>', 'The file of hashes. Without it nobody has a password.')],
    open: async (path, { hashes: other }) => {
      const users = await Input.open(path)
      const hashes = other === undefined ? null : await users.openBeside(other)
      return openAuth0({ users, hashes, kept: new Lookup() })
    },
  },
  {
    name: 'firebase',
    description: 'From Firebase: what `firebase auth:export users.json` wrote.',
    argument: '<file>',
    meaning: 'the file',
    options: [
      new Option(
        '--hash-config <file>',
        "The project's password hash parameters, in a file, as the console shows them.",
      ).makeOptionMandatory(),
    ],
    open: async (path, { hashConfig = '' }) => {
      const users = await Input.open(path)
      return openFirebase(users, await users.openBeside(hashConfig))
    },
  },
]
