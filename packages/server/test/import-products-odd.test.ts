/** Files of other products that are damaged, mixed up or very large. */
import { execFile } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Lookup } from '../src/db/dialects/sqlite-lookup.ts'
import { openAuth0 } from '../src/moving/auth0.ts'
import { openFirebase } from '../src/moving/firebase.ts'
import { Input } from '../src/moving/input.ts'
import { openKeycloak } from '../src/moving/keycloak.ts'
import type { ImportRecord, ImportSource } from '../src/moving/record.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { environmentOf } from './support/moving.ts'
import { PROGRAM } from './support/program.ts'

const samples = join(import.meta.dirname, 'samples')
const folder = temporaryFolder()
let files = 0

/** Writes a file, and gives its path. */
function file(text: string | Buffer, name = `${String(++files)}.json`): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** The records of a source, and for the rows that are none, why. */
async function rowsOf(source: ImportSource): Promise<readonly (ImportRecord | string)[]> {
  const rows: (ImportRecord | string)[] = []
  try {
    for await (const row of source.rows()) rows.push('record' in row ? row.record : row.refused)
  } finally {
    await source.close()
  }
  return rows
}

describe('a file of Keycloak', () => {
  const keycloak = async (text: string | Buffer): Promise<readonly (ImportRecord | string)[]> =>
    rowsOf(await openKeycloak(file(text)))
  const user = (more: object): string => JSON.stringify({ email: 'ada@example.com', ...more })
  const password = (value: string, createdDate: number): object => ({
    type: 'password',
    createdDate,
    secretData: JSON.stringify({ value, salt: 'c2FsdHNhbHQ=' }),
    credentialData: JSON.stringify({ hashIterations: 27500, algorithm: 'pbkdf2-sha256' }),
  })

  test.each([
    ['that ends in its middle', '{"realm":"a","users":[{"email":"ada@example.com"}', 'the file ends in the middle'],
    ['with something behind its end', '{"users":[]}{}', 'there is something behind the end'],
    ['without people', '{"realm":"a","clients":[{"users":[{}]}]}', 'the file has no list "users"'],
    ['of several realms', '[{"realm":"a","users":[]}]', 'the file is no JSON object with a list "users"'],
    ['whose list holds no objects', '{"users":["ada@example.com"]}', 'holds something that is no object'],
    ['that is empty', '', 'is empty: there is nothing in it'],
  ])('%s is not read', async (_, text, reason) => {
    await expect(keycloak(text)).rejects.toThrow(reason)
  })

  test('a damaged row is refused by itself, and the next one comes in', async () => {
    const broken = Buffer.from('{"users":[{"email":"\\ud800@example.com"},{"email":1e},{"a":"\u{ff}"},{"x":')
    const tooLong = Buffer.from(`"${'x'.repeat(1024 * 1024)}"},{"email":["ada@example.com"]},${user({})}]}`)
    const notUtf8 = Buffer.from(broken.toString('latin1').replace('ÿ', ''), 'latin1')
    const rows = await keycloak(Buffer.concat([notUtf8, tooLong]))
    expect(rows.slice(0, 5)).toEqual([
      'email is no well-formed text',
      'is no JSON',
      expect.stringContaining('there is no email'),
      'is too long, or not UTF-8',
      'email is no text',
    ])
    expect(rows[5]).toMatchObject({ email: 'ada@example.com', hash: null })
    expect(await keycloak(Buffer.from([...Buffer.from('{"users":[{"a":"'), 0xff, ...Buffer.from('"}]}')]))).toEqual([
      'is too long, or not UTF-8',
    ])
  })

  test('brackets and quotes within text end nothing', async () => {
    const name = 'a ]} "\\ {['
    const rows = await keycloak(`{"users":"[{","attributes":{"users":[{}]},"users":[${user({ id: name })}],"z":[[{}]]}`)
    expect(rows).toEqual([expect.objectContaining({ id: name })])
  })

  test('of several passwords the newest counts, and one that had to be changed does not come along', async () => {
    const credentials = [password('b2xk', 1), password('bmV3', 3), password('bWlk', 2), { type: 'otp' }]
    const mustChange = user({ credentials, requiredActions: ['UPDATE_PASSWORD'] })
    const source = await openKeycloak(file(`{"users":[${user({ credentials })},${mustChange}]}`))
    expect(await rowsOf(source)).toEqual([
      expect.objectContaining({ hash: '$pbkdf2-sha256$i=27500$c2FsdHNhbHQ$bmV3', passwordSetAt: new Date(3) }),
      expect.objectContaining({ hash: null }),
    ])
    expect(source.leftBehind.get('a second factor')).toBe(2)
  })

  test('a folder with people of several realms is not read, and files are read in the order of their numbers', async () => {
    const several = join(folder, 'several')
    mkdirSync(several)
    for (const name of ['a-users-0.json', 'b-users-0.json']) file('{"users":[]}', join('several', name))
    await expect(openKeycloak(several)).rejects.toThrow('people of several realms')
    const one = join(folder, 'one')
    mkdirSync(one)
    for (const number of [10, 9, 0]) file(`{"users":[${user({ id: number })}]}`, `one/a-users-${String(number)}.json`)
    file('{"federatedUsers":[]}', 'one/a-federated-users-0.json')
    file('{"realm":"a"}', 'one/a-realm.json')
    const ids = (await rowsOf(await openKeycloak(one))).map((row) => (row as ImportRecord).id)
    expect(ids).toEqual(['0', '9', '10'])
  })
})

describe('the two files of Auth0', () => {
  const hash = readFileSync(join(samples, 'auth0/hashes.json'), 'utf8').split('"passwordHash":"')[1]?.split('"')[0]
  const line = (more: object): string =>
    `${JSON.stringify({ _id: { $oid: 'a1' }, passwordHash: hash, connection: 'users', ...more })}\n`
  const profile = (more: object): string =>
    `${JSON.stringify({ email: 'ada@example.com', user_id: 'auth0|a1', ...more })}\n`
  const identity = { provider: 'auth0', connection: 'users', user_id: 'a1' }
  const auth0 = async (users: string, hashes: string): Promise<readonly (ImportRecord | string)[]> =>
    rowsOf(
      await openAuth0({
        users: await Input.open(file(users)),
        hashes: await Input.open(file(hashes)),
        kept: new Lookup(),
      }),
    )

  test('a password belongs to the account of its connection and its id, and to no other', async () => {
    const elsewhere = { ...identity, connection: 'others' }
    const users = [profile({ identities: [identity] }), profile({ identities: [elsewhere] }), profile({})].join('')
    expect((await auth0(users, line({}))).map((row) => (row as ImportRecord).hash)).toEqual([hash, null, hash])
  })

  test('where two hashes have one name, nobody gets the password of the other', async () => {
    const both = line({}) + line({ connection: 'others' })
    const users = profile({}) + profile({ identities: [identity] })
    expect((await auth0(users, both)).map((row) => (row as ImportRecord).hash)).toEqual([null, hash])
    expect(await auth0(profile({ identities: [identity] }), line({}) + line({}))).toMatchObject([{ hash: null }])
  })

  test('mixed up or damaged, they are not read', async () => {
    await expect(auth0(line({ email: 'ada@example.com' }), '\n')).rejects.toThrow('this is the file of hashes')
    await expect(auth0(profile({}), line({}) + line({}).slice(0, 40))).rejects.toThrow('line 2 of the file of hashes')
  })
})

describe('the parameters of Firebase', () => {
  const given = readFileSync(join(samples, 'firebase/hash-config.txt'), 'utf8')
  const firebase = async (config: string): Promise<ImportSource> =>
    openFirebase(await Input.open(join(samples, 'firebase/users.json')), await Input.open(file(config)))

  test('are read as the console shows them, and as JSON', async () => {
    const [ada] = await rowsOf(await firebase(given))
    const lines = given.split('\n').slice(1, -2)
    const json = lines.map((text) => text.replace(/^ *(\w+): ([^,]+),$/, '  "$1": "$2",'))
    expect(await rowsOf(await firebase(['{', ...json, '}'].join('\n')))).toContainEqual(ada)
    expect(ada).toMatchObject({ hash: expect.stringMatching(/^\$fbscrypt\$v=1,n=14,r=8,p=1,ss=Bw==,sk=/) as string })
  })

  test.each(['base64_signer_key', 'base64_salt_separator', 'rounds', 'mem_cost', 'algorithm'])(
    'without %s, nothing is read, and no key is shown',
    async (name) => {
      const config = given.replace(new RegExp(`${name}: .*`), `${name}: <...>,`)
      const refusal = await firebase(config).catch(String)
      expect(refusal).toContain(name)
      expect(refusal).not.toContain(/key: ([^,]{20})/.exec(given)?.[1])
    },
  )
})

describe('a file of 50 MB', () => {
  const ROWS = 25_000
  const FILLING = 'x'.repeat(1800)

  /** Writes a document with one long list. */
  async function large(name: string, object: (index: number) => object): Promise<string> {
    const path = join(folder, name)
    const stream = createWriteStream(path)
    stream.write('{"users": [\n')
    for (let index = 0; index < ROWS; index++) {
      const isRoom = stream.write(`${index === 0 ? '' : ',\n'}${JSON.stringify(object(index), null, 2)}`)
      if (!isRoom) await once(stream, 'drain')
    }
    stream.end(']}')
    await once(stream, 'close')
    expect(statSync(path).size).toBeGreaterThan(50_000_000)
    return path
  }

  /** Imports with little memory: all that Node may have for what lives long is less than the file. */
  async function imported(args: readonly string[]): Promise<object> {
    const url = databases[0]?.fresh() ?? ''
    const env = { ...environmentOf(url), NODE_OPTIONS: '--max-old-space-size=44' }
    const options = { cwd: folder, env, timeout: 170_000 }
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, 'import', ...args, '--json'], options)
    return JSON.parse(stdout) as object
  }

  test('of Firebase comes in with less memory than that', async () => {
    const [user] = (JSON.parse(readFileSync(join(samples, 'firebase/users.json'), 'utf8')) as { users: [object] }).users
    const path = await large('firebase.json', (index) => {
      return { ...user, email: `${String(index)}@example.com`, localId: String(index), customAttributes: FILLING }
    })
    const config = join(samples, 'firebase/hash-config.txt')
    const report = await imported(['firebase', path, '--hash-config', config])
    expect(report).toMatchObject({ rows: ROWS, made: ROWS, schemes: { 'scrypt-firebase': ROWS } })
  }, 180_000)

  test('of Keycloak comes in with less memory than that', async () => {
    const text = readFileSync(join(samples, 'keycloak/academy-realm.json'), 'utf8')
    const [user] = (JSON.parse(text) as { users: [object] }).users
    const path = await large('keycloak.json', (index) => {
      return { ...user, email: `${String(index)}@example.com`, id: String(index), attributes: { bio: [FILLING] } }
    })
    expect(await imported(['keycloak', path])).toMatchObject({ rows: ROWS, made: ROWS, schemes: { argon2id: ROWS } })
  }, 180_000)
})
