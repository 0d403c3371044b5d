/** Instants, spans of time and what was seen, in English. */
import type { LetterFacts } from '../words.ts'

const HOUR_IN_MINUTES = 60
const DAY_IN_HOURS = 24
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' })
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** An instant, such as Sunday 1 March 2026, 12:00 UTC. */
export function instant(at: Date): string {
  return `${WEEKDAY.format(at)} ${DAY.format(at)}, ${at.toISOString().slice(11, 16)} UTC`
}

/** A span of time in the largest unit that it is a whole number of, and more than one: 90 minutes, 24 hours, 7 days. */
export function minutes(count: number): string {
  return count > HOUR_IN_MINUTES && count % HOUR_IN_MINUTES === 0
    ? hours(count / HOUR_IN_MINUTES)
    : counted(count, 'minute')
}

/** A span of hours, in days from two days on. */
export function hours(count: number): string {
  return count > DAY_IN_HOURS && count % DAY_IN_HOURS === 0 ? days(count / DAY_IN_HOURS) : counted(count, 'hour')
}

/** A span of days. */
export function days(count: number): string {
  return counted(count, 'day')
}

/** When something was done, and from where, by the closed lists of words for devices and places. */
export function seen({ at, device, place }: { at: Date; device: string; place: string }): LetterFacts {
  return [
    ['When', instant(at)],
    ['Device', device],
    ['Place', place],
  ]
}

/** A number of things. */
function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
