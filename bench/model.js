/** What the measured figures carry: from rates and bytes to people, by plain assumptions that the page states. */
import { rounded } from './table.js'

const ACTIVE_SHARE = 0.1
const CHECKS_A_DAY = 100
const BUSIEST_HOUR_SHARE = 0.2
const SESSIONS_EACH = 2
const ENTRIES_EACH = 20
const MILLION = 1e6

/** How many of something a million people ask for in a second of the busiest hour, where each active one asks so often a day. */
function peakOf(/** @type {number} */ timesADay) {
  return (MILLION * ACTIVE_SHARE * timesADay * BUSIEST_HOUR_SHARE) / 3600
}

/**
 * The model, as a table for each question.
 * @param {readonly import('./report.js').Result[]} results - What a run found.
 * @returns {import('./table.js').Table[]} The tables; none where the figures they need are missing.
 */
export function modelOf(results) {
  return [carriedBy(results), roomFor(results)].filter((table) => table !== null)
}

/** How many people one node carries. */
function carriedBy(/** @type {readonly import('./report.js').Result[]} */ results) {
  const checks = rateOf(results, 'session-check', 'session checks')
  const onPostgres = rateOf(results, 'session-check-postgres', 'session checks')
  const bcrypt = rateOf(results, 'logins', 'bcrypt')
  const argon2id = rateOf(results, 'logins', 'argon2id')
  if (checks === null || onPostgres === null || bcrypt === null || argon2id === null) return null
  const line = (/** @type {string} */ what, /** @type {number} */ rate, /** @type {number} */ timesADay) => [
    what,
    `${rounded(rate)}/s`,
    `${rounded(peakOf(timesADay))}/s`,
    `${(rate / peakOf(timesADay)).toFixed(1)} million`,
  ]
  return {
    title: 'What one node carries',
    columns: ['what', 'measured', 'a million people ask for', 'enough for'],
    lines: [
      line('session checks on SQLite, one core', checks, CHECKS_A_DAY),
      line('session checks on PostgreSQL, one core of the service', onPostgres, CHECKS_A_DAY),
      line('logins with bcrypt, all cores', bcrypt, 1),
      line('logins with argon2id, all cores', argon2id, 1),
    ],
  }
}

/** The rate of ours in the first row of a topic that is about this; null where there is none. */
function rateOf(
  /** @type {readonly import('./report.js').Result[]} */ results,
  /** @type {string} */ topic,
  /** @type {string} */ about,
) {
  const rows = results.find(({ name }) => name === topic)?.rows ?? []
  return rows.find(({ what }) => what.includes(about))?.raw ?? null
}

/** The room that a million people take. */
function roomFor(/** @type {readonly import('./report.js').Result[]} */ results) {
  const bytes = results.find(({ name }) => name === 'storage')?.bytes
  if (bytes === undefined) return null
  const [people, sessions, entries] = bytes
  const of = (/** @type {'sqlite' | 'postgres'} */ database) => {
    const each = (people?.[database] ?? 0) + SESSIONS_EACH * (sessions?.[database] ?? 0)
    const withAudit = each + ENTRIES_EACH * (entries?.[database] ?? 0)
    return [each, withAudit].map((size) => `${((size * MILLION) / 1e9).toFixed(1)} GB`)
  }
  const [sqlite, postgres] = [of('sqlite'), of('postgres')]
  return {
    title: 'The room that a million people take',
    columns: ['with', 'SQLite', 'PostgreSQL'],
    lines: [
      [`${SESSIONS_EACH} sessions each`, sqlite[0] ?? '', postgres[0] ?? ''],
      [`and ${ENTRIES_EACH} entries of the audit each`, sqlite[1] ?? '', postgres[1] ?? ''],
    ],
  }
}
