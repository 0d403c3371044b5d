/** What `kc.sh export` writes of a realm's people: the realm's file, or the folder with files of users. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BadRow, flagFrom, instantFrom, NobodysRow, textFrom } from './fields.ts'
import { Input } from './input.ts'
import { objectsIn } from './json-list.ts'
import { passwordOf } from './keycloak-password.ts'
import type { Fields, LeftBehind } from './left-behind.ts'
import { fieldsFrom, listFrom, ObjectsSource } from './objects.ts'
import type { Placed } from './objects.ts'
import { BLANK, UnreadableSource } from './record.ts'
import type { ImportRecord, ImportSource } from './record.ts'

const OF_USERS = /^(?<realm>.+)-users-(?<number>\d+)\.json$/
const OF_A_REALM = /^(?<realm>.+)-realm\.json$/
const NOT_OURS = /-federated-users-\d+\.json$/ // people of a directory elsewhere, without passwords
const SECOND_FACTORS: ReadonlySet<unknown> = new Set(['otp', 'webauthn', 'recovery-authn-codes'])
const TAKEN: ReadonlySet<string> = new Set([
  ...['id', 'email', 'emailVerified', 'enabled', 'createdTimestamp', 'credentials', 'totp', 'requiredActions'],
  ...['federatedIdentities', 'federationLink', 'serviceAccountClientId'],
])

/**
 * The accounts of an export.
 * @throws {UnreadableSource} for a folder that has none, or those of more than one realm.
 */
export async function openKeycloak(path: string): Promise<ImportSource> {
  const names = await readdir(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null
    throw new UnreadableSource(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`)
  })
  const files = names === null ? [path] : filesOf(names).map((name) => join(path, name))
  return new ObjectsSource({
    form: 'keycloak',
    places: 'row',
    objects: () => usersIn(files),
    recordFrom,
    close: () => Promise.resolve(),
  })
}

/** The files of a folder that hold people, in their order. @throws {UnreadableSource} Where there are none, or too many. */
function filesOf(names: readonly string[]): readonly string[] {
  const ours = names.filter((name) => !NOT_OURS.test(name))
  const users = ours.filter((name) => OF_USERS.test(name)).sort((one, other) => numberOf(one) - numberOf(other))
  const files = users.length > 0 ? users : ours.filter((name) => OF_A_REALM.test(name))
  const realms = new Set(files.map((name) => (OF_USERS.exec(name) ?? OF_A_REALM.exec(name))?.groups?.['realm']))
  if (realms.size === 0) throw new UnreadableSource('the folder has no file REALM-users-0.json and no REALM-realm.json')
  if (realms.size > 1) throw new UnreadableSource('the folder has people of several realms; export one, with --realm')
  return files
}

/** The number in the name of a file of users. */
function numberOf(name: string): number {
  return Number(OF_USERS.exec(name)?.groups?.['number'])
}

/** The users of these files, counted through. */
async function* usersIn(files: readonly string[]): AsyncGenerator<Placed> {
  let count = 0
  for (const file of files) {
    const input = await Input.open(file)
    try {
      for await (const { text } of objectsIn(input.read(), 'users')) yield { place: ++count, text }
    } finally {
      await input.close()
    }
  }
}

/** The account of a user. @throws {BadRow} Where it is none that can come in. */
function recordFrom(fields: Fields, left: LeftBehind): ImportRecord {
  if (textFrom('serviceAccountClientId', fields['serviceAccountClientId']) !== null)
    throw new NobodysRow('it is the account of a program, not of a person')
  const email = textFrom('email', fields['email'])
  if (email === null) throw new BadRow('there is no email, only a user name')
  const credentials = listFrom(fields['credentials'])
  const mustChange = has(fields['requiredActions'], 'UPDATE_PASSWORD')
  const record = {
    ...BLANK,
    ...(mustChange ? {} : passwordOf(credentials)),
    email,
    id: textFrom('id', fields['id']),
    verified: flagFrom('emailVerified', fields['emailVerified']) ?? false,
    createdAt: instantFrom('createdTimestamp', fields['createdTimestamp'], 'ms'),
    disabled: flagFrom('enabled', fields['enabled']) === false,
    language: languageOf(fields),
  }
  left.ignoreAllBut(TAKEN, fields)
  left.count('a second factor', credentials.some(isSecondFactor))
  left.count(
    'a passkey',
    credentials.some(({ type }) => type === 'webauthn-passwordless'),
  )
  left.count('a login at another service', listFrom(fields['federatedIdentities']).length > 0)
  left.count('a password in a directory elsewhere', textFrom('federationLink', fields['federationLink']) !== null)
  left.count('a password that had to be changed', mustChange)
  return record
}

/** Whether a credential is asked for beside the password. */
function isSecondFactor({ type }: Fields): boolean {
  return SECOND_FACTORS.has(type)
}

/** Whether a value is a list that has this in it. */
function has(value: unknown, what: string): boolean {
  return Array.isArray(value) && value.includes(what)
}

/** The language that somebody chose, or null. */
function languageOf(fields: Fields): string | null {
  const chosen = fieldsFrom(fields['attributes'])?.['locale']
  return textFrom('locale', Array.isArray(chosen) ? chosen[0] : null)
}
