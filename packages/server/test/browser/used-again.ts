/** A page that serves one visitor after another, each as if it were new: to start one takes much longer than to look at what it shows. */
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core'

/** What was asked for on the way to a page, and what Chromium said. */
export interface Noted {
  readonly requests: Request[]
  readonly complaints: string[]
}

/** One page of one browser. It keeps nothing of a visitor for the next: no cookie, no cache, no route, no way of looking. */
export class UsedAgain {
  readonly #browser: Browser
  readonly #options: BrowserContextOptions
  readonly #noted: Noted = { requests: [], complaints: [] }
  #page: Page | null = null

  /** Opens nothing yet. */
  constructor(browser: Browser, options: BrowserContextOptions) {
    this.#browser = browser
    this.#options = options
  }

  /** The page for the next visitor, and what is noted from now on. */
  async fresh(): Promise<{ readonly page: Page; readonly noted: Noted }> {
    if (this.#page === null) this.#page = await this.#open()
    else await this.#clean(this.#page)
    this.#noted.requests.length = 0
    this.#noted.complaints.length = 0
    return { page: this.#page, noted: this.#noted }
  }

  /** Gives the page up, as after a visit that went wrong; the next visitor gets another. */
  async drop(): Promise<void> {
    const page = this.#page
    this.#page = null
    await page?.context().close()
  }

  async #open(): Promise<Page> {
    const context = await this.#browser.newContext(this.#options)
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    page.on('request', (request) => this.#noted.requests.push(request))
    page.on('console', (message) => this.#noted.complaints.push(message.text()))
    page.on('pageerror', (error) => this.#noted.complaints.push(error.message))
    return page
  }

  async #clean(page: Page): Promise<void> {
    await page.unrouteAll() // what it shows stays until the visitor goes on: an empty page between costs a process
    await page.context().clearCookies()
    await page.emulateMedia({ colorScheme: null, reducedMotion: null })
    await page.setViewportSize(this.#options.viewport ?? { width: 1280, height: 900 })
  }
}
