/** What the app takes from the settings and may find wrong: all of it can be judged before anything is opened. */
import type { Settings } from '../settings.ts'
import { Assets } from './assets.ts'
import { AllowedOrigins } from './cors.ts'
import { Next } from './next.ts'
import { PolicyReports } from './policy-reports.ts'
import { networksFrom } from './source.ts'

/** A check for each setting that the app reads in its own way; it throws a `SettingsError` where the app could not be made. */
export function appChecks(settings: Settings): readonly (() => unknown)[] {
  return [
    () => networksFrom(settings.http.trustedProxies),
    () => new AllowedOrigins(settings),
    () => new Next(settings, '/'),
    () => new PolicyReports(settings),
    () => new Assets(settings),
  ]
}
