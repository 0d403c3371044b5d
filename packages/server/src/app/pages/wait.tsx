/** How long to wait before trying again, in words. The script counts the seconds down. */
import type { VNode } from 'preact'
import type { Words } from './words/words.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE

/** The line, with the wait as text for browsers without a script. It stands outside of alerts, which would say each second aloud. */
export const Wait = ({ seconds, errors }: { readonly seconds: number; readonly errors: Words['errors'] }): VNode => (
  <p class="wait" data-done={errors.now}>
    {errors.wait} <b data-wait={seconds}>{spanOf(seconds, errors)}</b>
  </p>
)

/** A span in the largest unit that it is two of at least; never shorter than it is. */
function spanOf(seconds: number, errors: Words['errors']): string {
  if (seconds < 2 * MINUTE) return errors.seconds(seconds)
  if (seconds < 2 * HOUR) return errors.minutes(Math.ceil(seconds / MINUTE))
  return errors.hours(Math.ceil(seconds / HOUR))
}
