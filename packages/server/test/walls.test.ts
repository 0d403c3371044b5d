/** The walls between the folders stand: for each, a file that breaks it is reported, and a file that may do the same is not. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The name of a wall, the file that breaks it, and what that file imports. */
const FORBIDDEN = [
  ['only-auth-touches-the-db', 'app/profile.ts', '../db/db.ts'],
  ['only-auth-touches-the-db', 'cli/users.ts', '../db/db.ts'],
  ['only-auth-touches-the-db', 'mail/letter.ts', '../db/db.ts'],
  ['only-auth-touches-the-db', 'crypto/key.ts', '../db/db.ts'],
  ['only-auth-touches-the-db', 'settings-reader.ts', './db/db.ts'],
  ['the-app-touches-only-auth', 'app/letters.ts', '../mail/smtp.ts'],
  ['the-app-touches-only-auth', 'app/api/tokens.ts', '../../crypto/token.ts'],
  ['the-app-touches-only-auth', 'app/commands.ts', '../cli/main.ts'],
  ['auth-knows-no-http', 'auth/cookies.ts', '../app/app.ts'],
  ['auth-knows-no-http', 'auth/requests.ts', 'fastify'],
  ['auth-knows-no-dialect', 'auth/scratch.ts', '../db/dialects/sqlite.ts'],
  ['auth-knows-no-process', 'auth/environment.ts', 'node:process'],
  ['the-db-knows-no-auth', 'db/rules.ts', '../auth/auth.ts'],
  ['the-db-knows-no-auth', 'db/pages.ts', '../app/app.ts'],
  ['the-db-knows-no-auth', 'db/letters.ts', '../mail/smtp.ts'],
  ['crypto-stands-alone', 'crypto/rules.ts', '../auth/auth.ts'],
  ['crypto-stands-alone', 'crypto/pages.ts', '../app/app.ts'],
  ['crypto-stands-alone', 'crypto/forms.ts', '../moving/input.ts'],
  ['moving-knows-forms-alone', 'moving/rules.ts', '../auth/auth.ts'],
  ['moving-knows-forms-alone', 'moving/rows.ts', '../db/db.ts'],
  ['the-user-imports-nothing', 'user.ts', './email.ts'],
  ['the-errors-import-nothing', 'errors.ts', './email.ts'],
  ['sources-know-no-tests', 'auth/story.ts', '../../test/support.ts'],
  ['only-the-db-knows-sql', 'auth/queries.ts', 'kysely'],
  ['only-the-db-knows-sql', 'cli/pool.ts', 'pg'],
  ['only-the-db-knows-sql', 'cli/file.ts', 'node:sqlite'],
  ['only-the-dialects-know-drivers', 'db/users.ts', 'pg'],
  ['only-crypto-hashes-passwords', 'auth/hashes.ts', '@node-rs/bcrypt'],
  ['only-crypto-hashes-passwords', 'cli/hashes.ts', '@node-rs/argon2'],
  ['only-the-app-speaks-http', 'cli/serve.ts', 'fastify'],
  ['only-the-app-reads-requests', 'cli/wishes.ts', 'negotiator'],
  ['only-addresses-are-taken-apart', 'cli/networks.ts', 'ipaddr.js'],
  ['only-openapi-uses-swagger', 'app/app.ts', '@fastify/swagger'],
  ['only-pages-are-rendered', 'mail/html.ts', 'preact'],
  ['only-settings-and-the-app-check-shapes', 'auth/shapes.ts', 'zod'],
  ['only-settings-guess-names', 'cli/names.ts', 'fastest-levenshtein'],
  ['only-the-cli-talks-to-people', 'service.ts', 'commander'],
  ['only-csv-is-parsed', 'cli/tables.ts', 'csv-parse'],
  ['only-mail-sends-letters', 'auth/letters.ts', 'nodemailer'],
  ['mail-knows-letters-alone', 'mail/outbox.ts', '../auth/auth.ts'],
  ['only-the-log-writes', 'app/log.ts', 'pino'],
  ['the-service-takes-only-types-of-fastify', 'service.ts', 'fastify'],
  ['no-circles', 'auth/a-circle.ts', './b-circle.ts'],
  ['everything-is-found', 'auth/lost.ts', './nowhere.ts'],
] as const

/** Files that do what others may not, or that stand at no wall. */
const ALLOWED = [
  ['auth/users.ts', '../db/db.ts'],
  ['cli/db-backup.ts', '../db/db.ts'],
  ['cli/migrate.ts', '../db/db.ts'],
  ['cli/import-databases.ts', '../db/db.ts'],
  ['index.ts', './db/db.ts'],
  ['app/users.ts', '../auth/users.ts'],
  ['db/kysely.ts', 'kysely'],
  ['db/dialects/sqlite.ts', 'node:sqlite'],
  ['app/shapes.ts', 'zod'],
] as const

const TARGETS = [
  'db/db.ts',
  'mail/smtp.ts',
  'crypto/token.ts',
  'cli/main.ts',
  'app/router.ts',
  'auth/auth.ts',
  'moving/input.ts',
  'email.ts',
  '../test/support.ts',
]

let folder: string
let result: ICruiseResult

/** Writes a file of the small copy of our layout, importing what it is told to. */
async function write(file: string, imported: readonly string[]): Promise<void> {
  const path = join(folder, 'packages/server/src', file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, [...imported.map((name) => `import '${name}'`), 'export {}', ''].join('\n'))
}

/** The names of the walls that this import breaks. */
function brokenBy(file: string, imported: string): string[] {
  const dependencies = result.modules.find(({ source }) => source === `packages/server/src/${file}`)?.dependencies
  const found = dependencies?.find(({ module }) => [imported, imported.replace('node:', '')].includes(module))
  if (found === undefined) throw new Error(`${file} was not read`)
  return (found.rules ?? []).map(({ name }) => name)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bienvenue-walls-'))
  const imports = Map.groupBy(
    [...FORBIDDEN.map(([, file, name]) => [file, name] as const), ...ALLOWED],
    ([file]) => file,
  )
  for (const file of TARGETS) await write(file, [])
  for (const [file, pairs] of imports) {
    await write(
      file,
      pairs.map(([, name]) => name),
    )
  }
  await write('auth/b-circle.ts', ['./a-circle.ts'])
  const options = await extractDepcruiseOptions(join(import.meta.dirname, '../../../.dependency-cruiser.mjs'))
  delete options.tsConfig // it is not in the small copy
  const { output } = await cruise(['packages/server/src'], { ...options, baseDir: folder })
  if (typeof output === 'string') throw new Error(output)
  result = output
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe('the walls', () => {
  test.each(FORBIDDEN)('%s: %s may not import %s', (wall, file, imported) => {
    expect(brokenBy(file, imported)).toContain(wall)
  })

  test.each(ALLOWED)('%s may import %s', (file, imported) => {
    const aboutInstalling = ['everything-is-found', 'only-what-is-installed-with-us'] // nothing is installed in the small copy
    expect(brokenBy(file, imported).filter((wall) => !aboutInstalling.includes(wall))).toEqual([])
  })

  test('each wall has a file here that breaks it', () => {
    const elsewhere = ['only-what-is-installed-with-us']
    const walls = (result.summary.ruleSetUsed?.forbidden ?? []).map(({ name }) => name)
    expect([...new Set<string>([...elsewhere, ...FORBIDDEN.map(([wall]) => wall)])].sort()).toEqual(walls.sort())
  })
})
