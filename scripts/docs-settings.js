/** Makes the page docs/settings.md from the settings: a table for each room. */
import { OTHER_ENV_NAMES } from '../packages/server/dist/settings-reader.js'
import { describe } from '../packages/server/dist/settings-words.js'
import { allSettings } from '../packages/server/dist/settings-list.js'

/** @typedef {ReturnType<typeof allSettings>[number]} Entry */
/** @typedef {string | number | boolean | null | readonly string[]} Value What a setting may be. */

const COLUMNS = [
  'setting',
  'environment',
  'flag',
  'classic',
  'hardened',
  'floor',
  'weaker',
  'type and bounds',
  'unit',
  'meaning',
]

const INTRODUCTION = `# Settings

<!-- Made from packages/server/src/settings-*.ts by \`npm run docs\`. Change it there. -->

Every setting has a value in each of the two presets, and each can be changed on its own.

## Where a value comes from

The first of these that names a value decides:

1. a flag of the command, such as \`--port 8080\`;
2. the environment, such as \`PORT=8080\` (an empty variable counts as not set);
3. a settings file;
4. the preset.

The preset itself is chosen in the same order: \`--preset\`, \`${OTHER_ENV_NAMES.preset}\`, \`"preset"\` in the file, or else \`classic\`.

\`bienvenue settings\` prints every setting, its value, and where the value comes from. Secrets are masked.

Whatever is wrong stops the start with exit code 2 and one line that names the setting: a value out of its bounds, a \`BIENVENUE_…\` variable that does not exist, an unknown name in the settings file. For a misspelt name, the line also says which right name is nearest. (Names without the prefix, such as \`PORT\`, cannot be checked: other programs use the environment too.)

Lists are comma-separated in flags and in the environment, and JSON lists in a file. Switches are \`yes\` or \`no\`, and \`true\` or \`false\` in a file. A secret has no flag, because flags show in the process list.

## The settings file

A JSON file, room by room, named by \`--settings-file PATH\` or \`${OTHER_ENV_NAMES.file}\`:

\`\`\`json
{
  "preset": "classic",
  "http": { "port": 8080, "hosts": ["id.test"] },
  "reset": { "minutes": 30 }
}
\`\`\`

It may hold some of the settings or all of them. As a library, \`openService({ settings })\` takes the same shape.

## The presets

\`classic\` is the default: the teaching contract to the letter. \`hardened\` is for deployments. It does not start without

- \`BIENVENUE_URL\`, an \`https:\` address: links in letters are made from it;
- \`BIENVENUE_SECRET\` or \`BIENVENUE_SECRET_FILE\`: 32 bytes at the least, no example, not typed (\`bienvenue secret\` prints one);
- \`BIENVENUE_SMTP_URL\` and \`BIENVENUE_MAIL_FROM\`: the mail server and the sender.

Rows marked \`floor\` are those that \`hardened\` refuses to weaken: a switch must stand as in its column, a number may not be lower. All other settings can be changed on their own. The column \`weaker\` says in which direction a value is weaker than hardened's own: \`more\`, \`less\` (fewer, no, or an earlier choice), \`more or 0\`. \`bienvenue settings\` and the log at the start list those that are.

Whatever is missing, weak or wrong is one line each, before anything listens and before any file is made. The database remembers that it was used with \`hardened\`: [the command](cli.md#bienvenue-serve) says how to give that up.
`

/**
 * A value as it is written in a settings file, or a dash for none.
 * @param {Value} value
 */
function shown(value) {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return `\`${String(value)}\``
}

/**
 * The row of one setting.
 * @param {Entry} entry
 */
function row({ path, env, flag, setting }) {
  const cells = [
    `\`${path}\``,
    `\`${env}\``,
    flag === null ? '–' : `\`${flag}\``,
    shown(/** @type {Value} */ (setting.classic)),
    shown(/** @type {Value} */ (setting.hardened)),
    setting.floor === true ? 'floor' : '',
    setting.weaker ?? '',
    describe(setting.schema),
    setting.unit ?? '',
    setting.secret === true ? `${setting.meaning} Secret: never printed or logged.` : setting.meaning,
  ]
  return table(cells.map((cell) => cell.replaceAll('|', '\\|')))
}

/**
 * One line of a table.
 * @param {readonly string[]} cells
 */
function table(cells) {
  return `| ${cells.join(' | ')} |`.replaceAll(/\| {2}(?=\|)/g, '| ')
}

/**
 * The table of one room.
 * @param {string} room
 * @param {readonly Entry[]} entries
 */
function section(room, entries) {
  const head = [table(COLUMNS), table(COLUMNS.map(() => '---'))]
  return [`## ${room}`, '', ...head, ...entries.map(row), ''].join('\n')
}

/** The page, as text. */
export function settingsPage() {
  const rooms = Map.groupBy(allSettings(), ({ path }) => path.split('.')[0] ?? '')
  return [INTRODUCTION, ...[...rooms].map(([room, entries]) => section(room, entries))].join('\n')
}
