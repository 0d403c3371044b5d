/** Files that get their name whole: also where the file system knows no second name for a file, as on a stick or on a share. */
import { linkSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keepAside, publishFile, writeOnce } from '../src/files.ts'
import { temporaryFolder } from './support/databases.ts'

const home = temporaryFolder()

/** What `link` does where there are none, by the code with which it says so. */
function refusing(code: string): typeof linkSync {
  return () => {
    throw Object.assign(new Error('no links here'), { code })
  }
}

describe.each<readonly [name: string, link: typeof linkSync]>([
  ['with hard links', linkSync],
  ...['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].map((code) => [`where link says ${code}`, refusing(code)] as const),
])('%s', (_, link) => {
  test('a draft gets its name, and no other file loses its own', () => {
    const folder = mkdtempSync(join(home, 'publish-'))
    const [draft, path] = [join(folder, 'draft'), join(folder, 'file')]
    writeFileSync(draft, 'whole')
    publishFile(draft, path, link)
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['file'], 'whole'])
    writeFileSync(draft, 'another')
    expect(() => {
      publishFile(draft, path, link)
    }).toThrow('EEXIST')
    expect(readFileSync(path, 'utf8')).toBe('whole')
  })

  test('a secret is written once, for its owner alone, and nothing is left beside it', () => {
    const folder = mkdtempSync(join(home, 'secret-'))
    const path = join(folder, 'secret')
    writeOnce(path, 'first', link)
    writeOnce(path, 'second', link)
    expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['secret'], 'first\n'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('a file is kept aside whole, never over another one', () => {
    const folder = mkdtempSync(join(home, 'aside-'))
    const [path, aside] = [join(folder, 'file'), join(folder, 'aside')]
    writeFileSync(path, 'whole')
    keepAside(path, aside, link)
    expect([readFileSync(path, 'utf8'), readFileSync(aside, 'utf8')]).toEqual(['whole', 'whole'])
    expect(() => {
      keepAside(path, aside, link)
    }).toThrow('EEXIST')
  })
})

test('other errors of a link are not passed over', () => {
  const draft = join(home, 'draft')
  writeFileSync(draft, 'whole')
  expect(() => {
    publishFile(draft, join(home, 'file'), refusing('EACCES'))
  }).toThrow('no links here')
})
