/** Times on pages: rounded, so that a session of twelve hours that has just begun ends in twelve. */
import { expect, test } from 'vitest'
import { fromNow } from '../src/app/pages/times.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = new Date('2026-03-01T12:00:00Z')

test.each([
  [0, 'now', 'maintenant'],
  [29 * SECOND, 'now', 'maintenant'],
  [-29 * SECOND, 'now', 'maintenant'],
  [-31 * SECOND, '1 minute ago', 'il y a 1 minute'],
  [12 * HOUR - 5 * SECOND, 'in 12 hours', 'dans 12 heures'],
  [2 * HOUR - 40 * SECOND, 'in 119 minutes', 'dans 119 minutes'],
  [2 * HOUR - 20 * SECOND, 'in 2 hours', 'dans 2 heures'],
  [-(2 * DAY - 31 * MINUTE), '47 hours ago', 'il y a 47 heures'],
  [-(2 * DAY - 29 * MINUTE), '2 days ago', 'il y a 2 jours'],
  [30 * DAY - 5 * SECOND, 'in 30 days', 'dans 30 jours'],
])('%i milliseconds from now is %j', (milliseconds, english, french) => {
  const instant = new Date(NOW.getTime() + milliseconds)
  expect([fromNow('en', instant, NOW), fromNow('fr', instant, NOW)]).toEqual([english, french])
})
