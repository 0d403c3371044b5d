/** Instants, spans of time and what was seen, in French. */
import { inWordsOf } from '../../circumstances-words.ts'
import type { LetterFacts } from '../words.ts'

const HOUR_IN_MINUTES = 60
const DAY_IN_HOURS = 24
const DAY = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'full', timeZone: 'UTC' })

/** An instant, such as dimanche 1er mars 2026 à 12:00 UTC. */
export function instant(at: Date): string {
  return `${DAY.format(at).replace(/ 1 /, ' 1er ')} à ${at.toISOString().slice(11, 16)} UTC`
}

/** A span of time in the largest unit that it is a whole number of, and more than one: 90 minutes, 24 heures, 7 jours. */
export function minutes(count: number): string {
  return count > HOUR_IN_MINUTES && count % HOUR_IN_MINUTES === 0
    ? hours(count / HOUR_IN_MINUTES)
    : counted(count, 'minute')
}

/** A span of hours, in days from two days on. */
export function hours(count: number): string {
  return count > DAY_IN_HOURS && count % DAY_IN_HOURS === 0 ? days(count / DAY_IN_HOURS) : counted(count, 'heure')
}

/** A span of days. */
export function days(count: number): string {
  return counted(count, 'jour')
}

/** When something was done, and from where, by the closed lists of words for devices and places. */
export function seen({ at, device, place }: { at: Date; device: string; place: string }): LetterFacts {
  return [
    ['Date', instant(at)],
    ['Appareil', inWordsOf('fr', device)],
    ['Lieu', inWordsOf('fr', place)],
  ]
}

/** A number of things: in French, none of them is singular too. */
function counted(count: number, thing: string): string {
  return `${count} ${thing}${count < 2 ? '' : 's'}`
}
