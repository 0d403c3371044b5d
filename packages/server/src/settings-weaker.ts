/** Settings that hardened allows to be weaker than its own, and that operators should see listed. */
import type { Setting } from './setting.ts'
import { inWords, valuesIn } from './settings-values.ts'
import { shape } from './settings-words.ts'
import type { Settings } from './settings.ts'

/** A setting that is weaker than hardened's own. */
export interface WeakerSetting {
  /** Such as `sessions.hours`. */
  readonly path: string
  /** Its value in words. */
  readonly value: string
  /** Hardened's own value in words. */
  readonly own: string
}

/** What is weaker than hardened's own. In classic nothing is listed: it is weak as a whole, and says so. */
export function weakerIn(settings: Settings): readonly WeakerSetting[] {
  if (settings.preset === 'classic') return []
  return valuesIn(settings)
    .filter(({ setting, value }) => isWeaker(setting, value))
    .map(({ path, setting, value }) => ({ path, value: inWords(value), own: inWords(setting.hardened) }))
}

/** Whether this value is weaker than hardened's own. */
function isWeaker(setting: Setting, value: unknown): boolean {
  const [rank, own] = [rankOf(setting, value), rankOf(setting, setting.hardened)]
  if (setting.weaker === 'less') return rank < own
  return setting.weaker !== undefined && (rank > own || (setting.weaker === 'more or 0' && rank === 0 && own !== 0))
}

/** A value as a number to compare: a number itself, no and yes as 0 and 1, of a list its length, of a choice its place among them. */
function rankOf({ schema }: Setting, value: unknown): number {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value)
  if (Array.isArray(value)) return value.length
  return typeof value === 'string' ? (shape(schema).enum?.indexOf(value) ?? 0) : 0
}
