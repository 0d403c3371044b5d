/** Rows that are refused: what is told of them, and which address they claim. */
import { BadRow, NobodysRow, textFrom } from './fields.ts'
import type { RefusedRow } from './record.ts'

/**
 * A row of which something cannot be taken. Its email still says who claims that address: else somebody else's row would get it alone.
 * @throws whatever went wrong that is not the row's fault.
 */
export function refusedRow(place: number, error: unknown, email: unknown = null): RefusedRow {
  if (!(error instanceof BadRow)) throw error
  return { place, refused: error.message, email: error instanceof NobodysRow ? null : claimed(email) }
}

/** An email, where it can be read. */
function claimed(email: unknown): string | null {
  try {
    return textFrom('email', email)
  } catch (error) {
    if (error instanceof BadRow) return null
    throw error
  }
}
