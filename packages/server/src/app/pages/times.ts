/** Times as people say them. Where somebody lives nobody knows here, so an instant is told by how far away it is, and a day by its date. */
import type { Language } from '../../language.ts'

type Unit = 'minute' | 'hour' | 'day'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }
const relative = byLanguage((locale) => new Intl.RelativeTimeFormat(locale))
const present = byLanguage((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second'))
const dates = byLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }))

/** How far away an instant is, such as `5 minutes ago`, `in 3 days` or `now`. */
export function fromNow(language: Language, instant: Date, now: Date): string {
  const [count, unit] = inUnits(instant.getTime() - now.getTime())
  return count === 0 ? present[language] : relative[language].format(count, unit)
}

/** The day of an instant, such as `1 March 2026`. */
export function dayOf(language: Language, instant: Date): string {
  const day = dates[language].format(instant)
  return language === 'fr' ? day.replace(/^1 /, '1er ') : day
}

/** A span, rounded, in the largest unit that it is more than one of. Never `yesterday`: that would be wrong of 40 hours. */
function inUnits(spanMs: number): readonly [number, Unit] {
  const whole = (unitMs: number): number => Math.round(spanMs / unitMs)
  const [minutes, hours] = [whole(MINUTE), whole(HOUR)]
  if (Math.abs(minutes) < 120) return [minutes, 'minute']
  return Math.abs(hours) < 48 ? [hours, 'hour'] : [whole(DAY), 'day']
}

/** One of something for each language: making it takes longer than writing a whole page. */
function byLanguage<T>(make: (locale: string) => T): Readonly<Record<Language, T>> {
  return { en: make(LOCALES.en), fr: make(LOCALES.fr) }
}
