/** What all pages of one service share. */
import type { Auth } from '../auth/auth.ts'
import type { Settings } from '../settings.ts'
import { Assets } from './assets.ts'
import { Cookie, cookiesFrom } from './cookies.ts'
import type { Cookies } from './cookies.ts'
import { Next } from './next.ts'
import { Presses } from './presses.ts'

/** What all pages of one service share. */
export interface Site {
  readonly auth: Auth
  readonly settings: Settings
  readonly cookies: Cookies
  /** What the paths of the service begin with, and end with a slash. */
  readonly home: string
  readonly assets: Assets
  readonly next: Next
  /** In which language a person chose to read. */
  readonly languageCookie: Cookie
  /** What is asked for twice by one person, and done once. */
  readonly presses: Presses
  /** Where a person goes on to once the letter is there. */
  readonly nextCookie: Cookie
}

/** The site of these settings. @throws {SettingsError} for a logo or a list of origins that cannot be used. */
export function siteOf(auth: Auth, settings: Settings, home: string): Site {
  return {
    auth,
    settings,
    cookies: cookiesFrom(settings),
    home,
    assets: new Assets(settings),
    next: new Next(settings, home),
    languageCookie: new Cookie('language', settings),
    presses: new Presses(),
    nextCookie: new Cookie('next', settings),
  }
}
