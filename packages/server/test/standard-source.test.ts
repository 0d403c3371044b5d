/** Rows of the security standard that the source itself shows: which algorithms, programs and dangers it uses, and which it does not. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { KeyRing, makeSecret } from '../src/crypto/token.ts'
import { allSettings } from '../src/settings-list.ts'

const PACKAGE = join(import.meta.dirname, '..')
const SOURCE = join(PACKAGE, 'src')
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.[jt]sx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), 'utf8') }))

/** Every match of a pattern's first group in the source, with its file. */
function found(pattern: RegExp): readonly (readonly [file: string, what: string])[] {
  return files.flatMap(({ name, text }) => [...text.matchAll(pattern)].map(([, what = '']) => [name, what] as const))
}

test('the source is read', () => {
  expect(files.length).toBeGreaterThan(50)
})

test('hashes are SHA-2 or better; SHA-1 only asks a breach service, which knows nothing else [ASVS 11.4.1] [ASVS 11.4.3]', () => {
  const hashes = found(/\b(?:createHash|createHmac|hkdf(?:Sync)?|pbkdf2(?:Sync)?|hash)\(\s*'([\w-]+)'/g)
  expect(hashes.length).toBeGreaterThan(0)
  for (const [file, algorithm] of hashes) {
    if (algorithm === 'sha1') expect(file).toMatch(/breach/)
    else expect(['sha256', 'sha384', 'sha512']).toContain(algorithm)
  }
})

test('what guards holds 128 bits and more: 256 random ones, under a key of 256 [ASVS 11.2.3]', () => {
  expect(Buffer.from(makeSecret(), 'base64url')).toHaveLength(32)
  expect(() => new KeyRing(['x'.repeat(31)])).toThrow(RangeError)
  const { token, stored } = new KeyRing([makeSecret()]).make('session', 1)
  expect(Buffer.from(token.split('.')[1] ?? '', 'base64url')).toHaveLength(32)
  expect(Buffer.from(stored.mac, 'base64url')).toHaveLength(32)
})

test('cryptography comes from Node and two known libraries, and none is written here [ASVS 11.2.1]', () => {
  const known = new Set(['node:crypto', '@node-rs/argon2', '@node-rs/bcrypt'])
  const imported = found(/from '([^'.][^']*)'/g).filter(([, name]) =>
    /crypt|argon|hash|cipher|jose|sodium|noble/.test(name),
  )
  expect(new Set(imported.map(([, name]) => name))).toEqual(known)
})

test('keyed hashes are compared in constant time [ASVS 11.2.4]', () => {
  const places = found(/(timingSafeEqual)\(/g).map(([file]) => file)
  const ours = ['auth/doctor.ts', 'crypto/hashing.ts', 'crypto/token.ts', 'crypto/token.ts'] // proofs, passwords, seals, tokens
  expect(places.sort()).toEqual(ours)
  const compared = found(/(\b\w*[mM]ac [!=]== )/g)
  expect(compared).toEqual([])
})

test('what must not be guessed comes from the system: in a thousand secrets each bit is a coin [ASVS 11.5.1]', () => {
  const secrets = Array.from({ length: 1000 }, () => Buffer.from(makeSecret(), 'base64url'))
  expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1000)
  for (let bit = 0; bit < 256; bit++) {
    const ones = secrets.filter((secret) => ((secret[bit >> 3] ?? 0) >> (bit & 7)) & 1).length
    expect(Math.abs(ones - 500)).toBeLessThan(120) // more than seven standard deviations: never by chance
  }
  expect(found(/(Math\.random)/g).filter(([file]) => !file.includes('patience'))).toEqual([]) // there it spreads waiting
})

test('no shell and no program is called but our own hasher, which gets nothing of a request as an argument [ASVS 1.2.5]', () => {
  const uses = found(/from 'node:(child_process|worker_threads|cluster|vm)'/g)
  const others = uses.filter(([file]) => !file.startsWith('crypto')).map(([file]) => file)
  const ours = /^(?:db\/dialects\/sqlite-checkpoints|cli\/workers\.ts)/ // a thread of our own for one file, and this program again
  expect(others.filter((file) => !ours.test(file))).toEqual([])
  expect(found(/\b((?:exec|execFile|spawn)(?:Sync)?)\(/g).filter(([, name]) => name !== 'exec')).toEqual([])
  expect(found(/(shell: true|eval\(|new Function\()/g)).toEqual([])
})

test('nothing is made an object but by JSON.parse: no parser here can call anything up [ASVS 1.5.2]', () => {
  expect(
    found(/(\bdeserialize\(|serialization: 'advanced'|from '(?:js-)?yaml'|unserialize|\bstructuredClone\()/g),
  ).toEqual([])
})

test('no pattern is made from what a request says [ASVS 1.2.9]', () => {
  const ours = ['app/bodies.ts', 'backstage-places.ts', 'crypto/derivation.ts', 'moving/firebase.ts'] // from types, names and parts in our own source
  expect(found(/(new RegExp\()/g).filter(([file]) => !ours.includes(file))).toEqual([])
})

test('scripts keep nothing in the browser and read no cookie [ASVS 14.3.3]', () => {
  const scripts = files.filter(({ name }) => name.endsWith('.client.js'))
  expect(scripts.length).toBeGreaterThan(0)
  for (const { text } of scripts)
    expect(text).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie|caches\./)
})

test('no service is approached with a password of ours: secrets have no default [ASVS 13.2.3]', () => {
  const secrets = allSettings().filter(({ setting }) => setting.secret === true)
  expect(secrets.length).toBeGreaterThan(0)
  for (const { setting } of secrets) expect([setting.classic, setting.hardened]).toEqual([null, null])
})

test('what is shipped is the program alone: no tests, no samples, no tools [ASVS 15.2.3]', () => {
  const { files: shipped } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { files: string[] }
  const [packed, left] = [
    shipped.filter((name) => !name.startsWith('!')),
    shipped.filter((name) => name.startsWith('!')),
  ]
  for (const folder of packed) expect(['bin', 'dist', 'data']).toContain(folder) // dist is made of src, and of nothing else
  expect(left).toEqual(['!dist/bundled/.cache']) // what Node keeps there of its own compiling
  expect(files.filter(({ name }) => /(?:^|[./-])(?:test|spec|sample|example|fixture|mock)s?[./-]/.test(name))).toEqual(
    [],
  )
  expect(found(/from '[^']*(vitest|smtp-server|playwright[\w-]*|fast-check|axe-core)'/g)).toEqual([])
})

test('the log tells the time in UTC [ASVS 16.2.2], one JSON object a line, which any log processor reads [ASVS 16.2.4]', () => {
  const module = JSON.stringify(new URL('../src/log.ts', import.meta.url).href)
  const program = `const { openLog } = await import(${module}); const { log } = await openLog({ log: { level: 'info' } }); log.info({ a: 'b\\nc' }, 'one'); log.warn('two')`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'Asia/Kolkata' },
  })
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    const { time, level, msg } = JSON.parse(line) as { time: string; level: number; msg: string }
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000)
    expect([typeof level, typeof msg]).toEqual(['number', 'string'])
  }
})
