/** Every page in every state, in a real Chromium, in both languages: for everyone, light, quiet, and leading somewhere. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { LANGUAGES } from '../../src/language.ts'
import type { Language } from '../../src/language.ts'
import { forBrowsers } from '../support/databases.ts'
import { startHardened } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'
import { sessionOf } from '../support/http.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'
import { startChromium } from './chromium.ts'
import { PASSWORD, STATES } from './every-page.ts'
import type { State, Visit } from './every-page.ts'
import { axeFinds, formFaults, keyboardMisses, leadsTo, moves, sticksOut, textsOf } from './judge.ts'
import { FailingHasher } from './failing-hasher.ts'
import { UsedAgain } from './used-again.ts'
import type { Noted } from './used-again.ts'

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }
const WIDTHS = [320, 768, 1280] as const
const THEMES = ['light', 'dark'] as const
const MOST_BYTES = 30_000
// Chromium says of each refused page that it is refused; and on pages of mailed links nobody has looked up the email yet.
const USUAL =
  /the server responded with a status of (?:4\d\d|500|503)|^\[DOM\] Password forms should have|^Clear-Site-Data/
/** What is the same in both languages: names, and words that both have. */
const ALIKE = /^(?:Bienvenue|English|Français|127\.0\.0\.1|classic)$|@example\.com/

describe.each(forBrowsers)('all pages on $name', ({ fresh }) => {
  let hardened: HardenedService
  let classic: TestService
  let browser: Browser
  let pages: Readonly<Record<Language, UsedAgain>>
  let people = 0
  const titles = new Map<string, Set<string>>()
  const links = new Set<string>()
  const texts = new Map<string, ReadonlySet<string>>()

  beforeAll(async () => {
    hardened = await startHardened(fresh(), {}, { hasher: new FailingHasher() })
    classic = await startTestService(fresh())
    browser = await startChromium()
    const pageIn = (locale: string) => new UsedAgain(browser, { locale, viewport: { width: 320, height: 700 } })
    pages = { en: pageIn(LOCALES.en), fr: pageIn(LOCALES.fr) }
  })
  afterAll(async () => {
    await browser.close()
    await Promise.all([hardened.close(), classic.close()])
  })

  async function somebody(service: TestService): Promise<string> {
    const email = `person-${String(++people)}@example.com`
    if (service === classic) await service.send('POST', '/users', { form: { email, password: PASSWORD } })
    else await hardened.settle(email, PASSWORD)
    return email
  }

  async function linkTo(email: string, page: string): Promise<string> {
    const pattern = new RegExp(`https?://[^/\\s]+(\\S*/${page}\\?token=\\S+)`)
    return vi.waitUntil(async () => {
      await hardened.auth.background.send()
      return hardened.smtp
        .to(email)
        .flatMap(({ text }) => pattern.exec(text)?.slice(1) ?? [])
        .at(-1)
    })
  }

  async function signIn(context: BrowserContext, service: TestService, email: string): Promise<void> {
    const value = sessionOf(await service.send('POST', '/sessions', { form: { email, password: PASSWORD } })) ?? ''
    const isOurs = { httpOnly: true, sameSite: 'Lax' } as const
    const cookie = { ...isOurs, value, url: `http://127.0.0.1:${service.port}` }
    if (service === classic) await context.addCookies([{ ...cookie, name: 'session_id' }])
    else
      await context.addCookies([
        { ...isOurs, value, url: 'https://127.0.0.1', name: '__Host-session_id', secure: true },
      ])
  }

  /** Goes to a page as somebody whom the browser has never seen, and has it looked at. */
  async function visit(
    state: State,
    language: Language,
    look: (page: Page, noted: Noted, service: TestService) => Promise<void>,
  ): Promise<void> {
    const service = state.preset === 'classic' ? classic : hardened
    const address = `http://127.0.0.1:${String(service.port)}`
    const { page, noted } = await pages[language].fresh()
    try {
      const here: Visit = {
        page,
        service,
        address,
        somebody: async () => somebody(service),
        linkTo,
        signIn: async (email) => signIn(page.context(), service, email),
      }
      await state.go(here)
      await look(page, noted, service)
    } catch (error) {
      await pages[language].drop()
      throw error
    }
  }

  describe.each(LANGUAGES)('in %s', (language) => {
    test.each(STATES)('$name', async (state) => {
      await visit(state, language, async (page, { requests, complaints }, service) => {
        await lookAtHead(page, state, language)
        await lookAtRequests(page, state, requests)
        await lookAtSizes(page, language)
        await lookAtZoom(page)
        await page.setViewportSize({ width: 320, height: 700 })
        await page.emulateMedia({ reducedMotion: 'reduce' })
        if (language === LANGUAGES[0]) expect.soft(await moves(page)).toEqual([])
        if (state.preset !== 'classic') expect.soft(await formFaults(page)).toEqual([])
        await lookAtLinks(page, service)
        if (language === LANGUAGES[0]) expect.soft(await keyboardMisses(page)).toEqual([]) // whatever the words
        expect.soft(complaints.filter((text) => !USUAL.test(text))).toEqual([])
        texts.set(`${language} ${state.name}`, new Set(await textsOf(page)))
      })
    })
  })

  /** At each width; by both languages together, each width is looked at in both themes. */
  async function lookAtSizes(page: Page, language: Language): Promise<void> {
    for (const [index, width] of WIDTHS.entries()) {
      const colorScheme = THEMES[(index + LANGUAGES.indexOf(language)) % THEMES.length]!
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      const faults = [...(await sticksOut(page)), ...(await axeFinds(page))]
      expect.soft(faults, `${colorScheme}, ${width} px`).toEqual([])
    }
  }

  async function lookAtHead(page: Page, { preset, isSignedIn = false }: State, language: Language): Promise<void> {
    expect.soft(await page.getAttribute('html', 'lang')).toBe(language)
    expect.soft(await page.locator('h1').count()).toBe(1)
    expect.soft((await page.locator('form[action$="/logout"] button').count()) > 0, 'a way to log out').toBe(isSignedIn)
    const title = await page.title()
    expect.soft(title).toMatch(/^(?:(?!Bienvenue ·).+ · )?Bienvenue$/) // the name of the service, once
    const where = `${language} ${preset ?? ''} ${title}`
    titles.set(where, (titles.get(where) ?? new Set()).add(new URL(page.url()).pathname))
  }

  async function lookAtRequests(page: Page, { status = 200 }: State, requests: readonly Request[]): Promise<void> {
    const loads = (type: string) => [
      ...new Set(requests.filter((one) => one.resourceType() === type).map((one) => one.url())),
    ]
    expect.soft(loads('stylesheet').length).toBe(1)
    expect.soft(loads('script').length).toBe(1)
    const last = requests.findLastIndex((one) => one.isNavigationRequest())
    const strangers = requests.slice(last).filter((one) => new URL(one.url()).origin !== new URL(page.url()).origin)
    expect.soft(strangers.map((one) => one.url())).toEqual([])
    const shown = requests[last]!
    const answer = (await shown.response())!
    expect.soft(answer.status()).toBe(status)
    const headers = await answer.allHeaders()
    expect.soft(headers['cache-control']).toBe('no-store')
    expect.soft(headers['content-language']).toBe(await page.getAttribute('html', 'lang'))
    expect.soft(headers['vary'] ?? '').toMatch(/accept-language, cookie$/)
    expect.soft(Object.keys(headers).filter((name) => /etag|last-modified|expires/.test(name))).toEqual([])
    const others = [...loads('stylesheet'), ...loads('script'), ...loads('image')]
    const first = others.map((url) => requests.find((one) => one.url() === url)!)
    const sizes = await Promise.all([shown, ...first].map(async (one) => one.sizes()))
    const bytes = sizes.reduce(
      (sum, { responseBodySize, responseHeadersSize }) => sum + responseBodySize + responseHeadersSize,
      0,
    )
    expect.soft(bytes).toBeLessThan(MOST_BYTES)
    for (const one of first) {
      const { 'cache-control': caching = '', 'set-cookie': cookie } = (await (await one.response())?.allHeaders()) ?? {}
      expect.soft([caching, cookie]).toEqual(['public, max-age=31536000, immutable', undefined])
    }
  }

  /** Twice as large: as a browser's zoom has it, which leaves half the room, and as larger letters in the same room. */
  async function lookAtZoom(page: Page): Promise<void> {
    await page.setViewportSize({ width: 640, height: 450 })
    expect.soft(await sticksOut(page), '200 %').toEqual([])
    const session = await page.context().newCDPSession(page)
    const before = await page.evaluate('parseFloat(getComputedStyle(document.querySelector("h1")).fontSize)')
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32 } })
    await page.setViewportSize({ width: 1280, height: 900 })
    const after = await page.evaluate('parseFloat(getComputedStyle(document.querySelector("h1")).fontSize)')
    expect.soft(Number(after) / Number(before), 'letters grow with the browser’s').toBeGreaterThan(1.5)
    expect.soft(await sticksOut(page), 'large letters').toEqual([])
    await session.send('Page.setFontSizes', { fontSizes: { standard: 16 } })
    await session.detach()
  }

  /** Every link of ours leads to a page, and every form to a route. */
  async function lookAtLinks(page: Page, service: TestService): Promise<void> {
    const { links: found, forms } = await leadsTo(page)
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
    for (const link of found.filter((one) => !links.has(`${cookie} ${one}`))) {
      links.add(`${cookie} ${link}`)
      const { status } = await service.send('GET', link, { headers: { accept: 'text/html', cookie } })
      expect.soft([link, status < 400], link).toEqual([link, true])
    }
    const missing = forms.filter(
      ({ method, path }) => !service.app.hasRoute({ method: method.toUpperCase(), url: path.replace(/\?.*/, '') }),
    )
    expect.soft(missing).toEqual([])
  }

  test('by the keyboard alone somebody logs in, chooses another language, and logs out', async () => {
    const email = await somebody(hardened)
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${hardened.port}/login`)
    const tabTo = async (selector: string): Promise<void> => {
      for (let press = 0; press < 40; press += 1) {
        if (await page.locator(selector).evaluate((node) => node === document.activeElement)) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`the key Tab does not reach ${selector}`)
    }
    const press = async (key: string): Promise<void> => {
      await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)])
    }
    await tabTo('main [name=email]')
    await page.keyboard.type(email)
    await tabTo('main [name=password]')
    await page.keyboard.type(PASSWORD)
    await press('Enter')
    expect(new URL(page.url()).pathname).toBe('/account')
    await tabTo('footer button[value=fr]')
    await press('Space')
    expect(new URL(page.url()).pathname).toBe('/account')
    expect(await page.getAttribute('html', 'lang')).toBe('fr')
    await tabTo('a[href$="/account/sessions"]')
    await press('Enter')
    expect(await page.getAttribute('html', 'lang')).toBe('fr')
    await tabTo('form[action$="/logout"] button')
    await press('Space')
    expect(await page.locator('form[action$="/logout"]').count()).toBe(0)
    await context.close()
  })

  test('no two pages have the same title', () => {
    expect([...titles].filter(([, pages]) => pages.size > 1).map(([title, pages]) => [title, ...pages])).toEqual([])
  })

  test('nothing that people read is the same in both languages', () => {
    const same = STATES.filter(({ preset }) => preset !== 'classic').flatMap(({ name }) => {
      const english = texts.get(`en ${name}`) ?? new Set()
      return [...(texts.get(`fr ${name}`) ?? [])]
        .filter((text) => english.has(text) && !ALIKE.test(text))
        .map((text) => `${name}: ${text}`)
    })
    expect(same).toEqual([])
  })
})
