/** What refusals say to people. */
import type { AuthError } from '../../errors.ts'
import { REFUSALS } from '../refusals.ts'
import type { Frame } from './frame.ts'

/** A refusal as a page shows it. */
export interface Refusal {
  /** The field that is meant, by its name in the form; null for the form as a whole. */
  readonly field: string | null
  /** Whether something that was typed is wrong. Else the fields are fine: it was tried too often, or the service cannot just now. */
  readonly isOfTyped: boolean
  /** What to do about it. Nothing that was typed is in it. */
  readonly text: string
  /** After how many seconds trying again makes sense; null where it makes sense at once. */
  readonly waitSeconds: number | null
  /** Whether it was tried too often, which a mailed link gets round. */
  readonly isTooOften: boolean
  /** The words for the wait. */
  readonly errors: Frame['words']['errors']
}

/** The refusal in the words of the page's language. */
export function refusalOf(error: AuthError, { words, minimumLength }: Pick<Frame, 'words' | 'minimumLength'>): Refusal {
  const said = words.refusals[error.code]
  const [status] = REFUSALS[error.code]
  return {
    field: error.field ?? null,
    isOfTyped: status !== 429 && status < 500,
    text: typeof said === 'string' ? said : said(minimumLength),
    waitSeconds: error.retryAfterSeconds === undefined ? null : Math.ceil(error.retryAfterSeconds),
    isTooOften: error.code === 'limits.exceeded',
    errors: words.errors,
  }
}
