/** The settings of the audit. */
import { both, setting, wholeNumber } from './setting.ts'
import type { Room } from './setting.ts'

/** The record of what happened. */
export const audit = {
  days: setting(
    wholeNumber(30, 3650),
    'How long the audit keeps an entry. Entries hold addresses and User-Agents, which are personal data.',
    both(365),
    { unit: 'days', weaker: 'less' },
  ),
} as const satisfies Room
