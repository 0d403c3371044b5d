/** The rules for all code of the repository. Layout is prettier's business, and imports between folders are dependency-cruiser's. */
import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import jsdoc from 'eslint-plugin-jsdoc'
import tseslint from 'typescript-eslint'
import { ours, SENTENCE } from './scripts/module-sentence.js'

const TOOL_SETTINGS = ['*.config.{js,ts}', '.dependency-cruiser.mjs']
const PLAIN_SCRIPTS = ['scripts/**/*.js', 'bench/**/*.js', 'packages/*/bin/*.js', ...TOOL_SETTINGS]
const TESTS = ['packages/*/test/**', 'examples/**', 'walkthrough/**']
const IN_BROWSERS = ['packages/server/src/app/pages/**/*.client.js']

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name, so that it has one name everywhere.',
}
const ASK_FOR_THE_TIME = 'Auth gets its clock from outside, by deps.ts.'
const NO_CLOCK = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: ASK_FOR_THE_TIME },
  { selector: 'CallExpression[callee.name="Date"]', message: ASK_FOR_THE_TIME },
  { selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]', message: ASK_FOR_THE_TIME },
]
const NO_PROCESS = 'Auth knows nothing of the process it runs in: what it needs comes in by deps.ts.'

const MUST_HAVE_A_SENTENCE = [
  'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression',
  'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > FunctionExpression',
  'ExportNamedDeclaration > TSInterfaceDeclaration',
  'ExportNamedDeclaration > TSTypeAliasDeclaration',
]

/**
 * Every module, class, method and function has a real sentence; so has every exported type. Tags are left to the writer.
 * @type {import('eslint').Linter.Config}
 */
const sentences = {
  plugins: { jsdoc, ours },
  rules: {
    'ours/module-sentence': 'error',
    'jsdoc/require-jsdoc': [
      'error',
      {
        require: { ClassDeclaration: true, FunctionDeclaration: true, MethodDefinition: true },
        contexts: MUST_HAVE_A_SENTENCE,
        checkConstructors: false, // what a constructor makes, its class says
        enableFixer: false,
      },
    ],
    'jsdoc/require-description': [
      'error',
      { contexts: ['any'], checkConstructors: true, exemptedBy: ['type', 'typedef', 'import'] },
    ],
    'jsdoc/match-description': [
      'error',
      {
        contexts: ['any'],
        matchDescription: String(SENTENCE),
        message: 'A comment is a sentence: a capital letter, a full stop.',
      },
    ],
  },
}

/**
 * What holds for all code, whoever runs it.
 * @type {import('eslint').Linter.Config}
 */
const everywhere = {
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    eqeqeq: 'error',
    'no-param-reassign': 'error',
    'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT],
    'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
    '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
    '@typescript-eslint/consistent-type-imports': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': 'error',
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': { descriptionFormat: '^ -- .+' } }],
  },
}

export default defineConfig(
  { ignores: ['**/dist/**', '**/dist.*/**'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  everywhere,
  sentences,
  {
    files: ['packages/server/src/auth/**'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: NO_PROCESS }],
      'no-restricted-properties': ['error', { object: 'globalThis', property: 'process', message: NO_PROCESS }],
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'].map((name) => ({ name, message: NO_PROCESS })) },
      ],
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, ...NO_CLOCK],
    },
  },
  {
    // Tests are stories: their names say what a comment would, and they are as long as the story.
    files: TESTS,
    rules: {
      'jsdoc/require-jsdoc': 'off',
      'jsdoc/require-description': 'off',
      'jsdoc/match-description': 'off',
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/explicit-function-return-type': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: ['test', 'it', 'describe', 'suite'] },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off', // answers of a service are read as they come
    },
  },
  {
    // Plain scripts say their types in comments, where they say them at all.
    files: [...PLAIN_SCRIPTS, ...IN_BROWSERS],
    rules: { '@typescript-eslint/explicit-function-return-type': 'off', 'no-undef': 'off' },
  },
  {
    // What JSON.parse and packages without types hand over is taken as it is.
    files: PLAIN_SCRIPTS,
    rules: Object.fromEntries(
      ['assignment', 'argument', 'call', 'member-access', 'return'].map((what) => [
        `@typescript-eslint/no-unsafe-${what}`,
        'off',
      ]),
    ),
  },
  {
    files: IN_BROWSERS,
    languageOptions: { parserOptions: { projectService: false, project: 'packages/server/tsconfig.client.json' } },
  },
  {
    // The bench has packages of its own, which need not be installed.
    files: ['bench/**'],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    files: TOOL_SETTINGS,
    rules: { 'no-restricted-syntax': 'off', 'max-lines-per-function': 'off' },
  },
)
