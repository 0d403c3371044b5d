/** The file that `firebase auth:export users.json` writes, with the project's parameters of its hash. */
import { BadRow, flagFrom, instantFrom, textFrom } from './fields.ts'
import type { Input } from './input.ts'
import { objectsIn } from './json-list.ts'
import type { Fields, LeftBehind } from './left-behind.ts'
import { listFrom, ObjectsSource } from './objects.ts'
import { BLANK, UnreadableSource } from './record.ts'
import type { ImportRecord, ImportSource } from './record.ts'

/** The parameters of a project's hash. The key is a secret: with it, and without the project, its hashes can be guessed at. */
interface HashConfig {
  readonly signerKey: string
  readonly saltSeparator: string
  readonly rounds: string
  readonly memoryCost: string
}

const MOST_BYTES = 10_000
const TAKEN: ReadonlySet<string> = new Set([
  ...['localId', 'email', 'emailVerified', 'passwordHash', 'salt', 'createdAt', 'disabled'],
  ...['providerUserInfo', 'mfaInfo', 'phoneNumber'],
])

/**
 * The accounts of an export. The parameters are text as the console shows it, in a file of their own.
 * @throws {UnreadableSource} where one of them is missing.
 */
export async function openFirebase(input: Input, parameters: Input): Promise<ImportSource> {
  const config = await configIn(parameters).catch(async (error: unknown) => {
    await input.close()
    throw error
  })
  return new ObjectsSource({
    form: 'firebase',
    places: 'row',
    objects: () => objectsIn(input.read(), 'users'),
    recordFrom: (fields, left) => recordFrom(fields, config, left),
    close: () => input.close(),
  })
}

/** The parameters in a file, which is closed. */
async function configIn(input: Input): Promise<HashConfig> {
  let text = ''
  try {
    for await (const chunk of input.read()) {
      text += chunk.toString()
      if (text.length > MOST_BYTES) throw new UnreadableSource('the file with the parameters of the hash is too long')
    }
  } finally {
    await input.close()
  }
  return hashConfigFrom(text)
}

/** The parameters, from lines such as `rounds: 8,`. */
function hashConfigFrom(text: string): HashConfig {
  const value = (name: string, form: RegExp): string => {
    const found = new RegExp(`^\\s*"?${name}"?\\s*:\\s*"?([^",\\s]*)"?,?\\s*$`, 'm').exec(text)?.[1] ?? ''
    if (!form.test(found)) throw new UnreadableSource(`the parameters of the hash have no ${name} that can be read`)
    return found
  }
  value('algorithm', /^SCRYPT$/)
  return {
    signerKey: value('base64_signer_key', /^[A-Za-z0-9+/]{43,}={0,2}$/),
    saltSeparator: value('base64_salt_separator', /^[A-Za-z0-9+/]+={0,2}$/),
    rounds: value('rounds', /^\d{1,2}$/),
    memoryCost: value('mem_cost', /^\d{1,2}$/),
  }
}

/** The account of an object of the list. @throws {BadRow} Where it is none that can come in. */
function recordFrom(fields: Fields, config: HashConfig, left: LeftBehind): ImportRecord {
  const email = textFrom('email', fields['email'])
  if (email === null) throw new BadRow(whyNoEmail(fields))
  const record = {
    ...BLANK,
    email,
    id: textFrom('localId', fields['localId']),
    hash: hashFrom(fields, config),
    verified: flagFrom('emailVerified', fields['emailVerified']) ?? false,
    createdAt: instantFrom('createdAt', fields['createdAt'], 'ms'),
    disabled: flagFrom('disabled', fields['disabled']) ?? false,
  }
  left.ignoreAllBut(TAKEN, fields)
  left.count('a second factor', listFrom(fields['mfaInfo']).length > 0)
  left.count('a login at another service', listFrom(fields['providerUserInfo']).length > 0)
  left.count('a phone number', textFrom('phoneNumber', fields['phoneNumber']) !== null)
  return record
}

/** Why an account has no address. */
function whyNoEmail(fields: Fields): string {
  if (textFrom('phoneNumber', fields['phoneNumber']) !== null) return 'there is no email, only a phone number'
  return listFrom(fields['providerUserInfo']).length > 0 ? 'there is no email' : 'there is no email: it is anonymous'
}

/** The hash in one text with all that it was made from, or null where there is none. */
function hashFrom(fields: Fields, { signerKey, saltSeparator, rounds, memoryCost }: HashConfig): string | null {
  const hash = textFrom('passwordHash', fields['passwordHash'])
  const salt = textFrom('salt', fields['salt'])
  if (hash === null) return null
  const parameters = `v=1,n=${memoryCost},r=${rounds},p=1,ss=${saltSeparator},sk=${signerKey}`
  return `$fbscrypt$${parameters}$${salt ?? ''}$${hash}`
}
