/** The real Chromium that tests of pages run in. */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** What a test may want of it. */
export interface ChromiumOptions {
  /** Whether pages that were left are kept as they were, for going back: as in people's browsers, but not in playwright's. */
  readonly keepsPages?: boolean
}

/** Starts it. Where there is none, the test fails and says what to install: it is never skipped. */
export async function startChromium({ keepsPages = false }: ChromiumOptions = {}): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((path) => existsSync(path))
  if (executablePath === undefined)
    throw new Error(
      'no Chromium here: install Debian’s package `chromium`, or name another in the environment as CHROMIUM',
    )
  return chromium.launch({
    executablePath,
    ignoreDefaultArgs: keepsPages ? ['--disable-back-forward-cache'] : [],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
