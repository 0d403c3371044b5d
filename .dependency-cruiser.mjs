/** The walls: who may import whom. Read the names of the rules, and you know the architecture. */

const src = '^packages/server/src'

/** @typedef {string | string[] | { path: string, pathNot?: string, dependencyTypesNot?: import('dependency-cruiser').DependencyType[] }} Side Patterns of paths, or more. */

/**
 * One wall: what `from` matches may not import what `to` matches.
 * @param {string} name
 * @param {Side} from
 * @param {Side} to
 */
function forbid(name, from, to) {
  return { name, severity: /** @type {const} */ ('error'), from: asRule(from), to: asRule(to) }
}

/**
 * A side of a wall in the tool's own words.
 * @param {Side} side
 */
function asRule(side) {
  return typeof side === 'string' || Array.isArray(side) ? { path: side } : side
}

/**
 * A pattern for libraries by their names, wherever they are installed.
 * @param {...string} names
 */
function library(...names) {
  return `(?:^|node_modules/)(?:${names.join('|').replaceAll('.', '[.]')})(?:/|$)`
}

/**
 * One wall: outside of its home, a pattern of paths below src, nothing of ours imports these libraries.
 * @param {string} name
 * @param {string} home
 * @param {...string} libraries
 */
function only(name, home, ...libraries) {
  return forbid(name, { path: `${src}/`, pathNot: `${src}/(?:${home})` }, library(...libraries))
}

const layers = [
  forbid(
    'only-auth-touches-the-db',
    {
      path: `${src}/`,
      pathNot: `${src}/(?:db/|auth/|(?:service|index)[.]ts$|cli/(?:db-[^/]*|migrate|import-(?:databases|products))[.]ts$)`,
    },
    `${src}/db/`,
  ),
  forbid('the-app-touches-only-auth', `${src}/app/`, `${src}/(?:mail|crypto|cli)/`),
  forbid('auth-knows-no-http', `${src}/auth/`, [
    `${src}/(?:app|cli)/`,
    library('fastify', '@fastify', 'fastify-type-provider-zod'),
  ]),
  forbid('auth-knows-no-dialect', `${src}/auth/`, `${src}/db/dialects/`),
  forbid('auth-knows-no-process', `${src}/auth/`, '^(?:node:)?process$'),
  forbid('the-db-knows-no-auth', `${src}/db/`, `${src}/(?:auth|app|mail|cli)/`),
  forbid('mail-knows-letters-alone', `${src}/mail/`, `${src}/(?:auth|db|app|cli|crypto)/`),
  forbid('crypto-stands-alone', `${src}/crypto/`, `${src}/(?:auth|db|app|mail|moving|cli)/`),
  forbid('moving-knows-forms-alone', `${src}/moving/`, `${src}/(?:auth|db|app|mail|cli)/`),
  forbid('the-user-imports-nothing', `${src}/user[.]ts$`, '.+'),
  forbid('the-errors-import-nothing', `${src}/errors[.]ts$`, '.+'),
  forbid('sources-know-no-tests', `${src}/`, '^packages/[^/]+/test/'),
]

const homes = [
  only('only-the-db-knows-sql', 'db/', 'kysely', 'pg', 'node:sqlite'),
  only('only-the-dialects-know-drivers', 'db/dialects/', 'pg', 'node:sqlite'),
  only('only-crypto-hashes-passwords', 'crypto/', '@node-rs/bcrypt', '@node-rs/argon2'),
  only('only-the-app-speaks-http', 'app/|service[.]ts$', 'fastify'),
  forbid('the-service-takes-only-types-of-fastify', `${src}/service[.]ts$`, {
    path: library('fastify'),
    dependencyTypesNot: ['type-only'],
  }),
  only('only-the-app-reads-requests', 'app/', 'fastify-type-provider-zod', 'negotiator'),
  only('only-addresses-are-taken-apart', 'addresses[.]ts$', 'ipaddr.js'),
  only('only-openapi-uses-swagger', 'app/openapi[.]ts$', '@fastify/swagger'),
  only('only-pages-are-rendered', 'app/pages/', 'preact', 'preact-render-to-string'),
  only('only-settings-and-the-app-check-shapes', 'setting[^/]*[.]ts$|app/', 'zod'),
  only('only-settings-guess-names', 'settings[^/]*[.]ts$', 'fastest-levenshtein'),
  only('only-csv-is-parsed', 'moving/csv[.]ts$', 'csv-parse'),
  only('only-the-cli-talks-to-people', 'cli/', 'commander', '@clack/prompts'),
  only('only-mail-sends-letters', 'mail/', 'nodemailer'),
  only('only-the-log-writes', 'log[.]ts$', 'pino', 'pino-pretty'),
]

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layers,
    ...homes,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-is-found', severity: 'error', from: { path: src }, to: { couldNotResolve: true } },
    {
      name: 'only-what-is-installed-with-us',
      severity: 'error',
      from: { path: src },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true, // imports of types count: a layer that knows another's types knows it
    tsConfig: { fileName: 'packages/server/tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
