/** How long to wait before trying again. The script counts the seconds down. */
import type { VNode } from 'preact'
import type { Words } from './words/words.ts'

/** The line, with the seconds as text for browsers without a script. It stands outside of alerts, which would say each second aloud. */
export const Wait = ({ seconds, errors }: { readonly seconds: number; readonly errors: Words['errors'] }): VNode => (
  <p class="wait" data-done={errors.now}>
    {errors.wait} <b data-wait={seconds}>{errors.seconds(seconds)}</b>
  </p>
)
