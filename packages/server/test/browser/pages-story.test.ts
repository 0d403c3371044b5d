/** One person's whole way with an account, from the first click to the last letter, in a real Chromium and without a word of explanation. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Language } from '../../src/language.ts'
import { WORDS } from '../../src/app/pages/words/language.ts'
import { databases, forBrowsers } from '../support/databases.ts'
import { startChromium } from './chromium.ts'
import { NEW, OLD, startWorld } from './world.ts'
import type { WorldPreset } from './world.ts'

const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
}
const DESKTOP: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
}

/** In which way the story is told. */
interface Telling {
  readonly preset: WorldPreset
  readonly language: Language
  readonly javaScriptEnabled: boolean
}

const TELLINGS: readonly Telling[] = [
  { preset: 'hardened', language: 'en', javaScriptEnabled: true },
  { preset: 'hardened', language: 'fr', javaScriptEnabled: false },
  { preset: 'classic', language: 'fr', javaScriptEnabled: true },
  { preset: 'classic', language: 'en', javaScriptEnabled: false },
]

describe.each(databases)('the story of an account on $name', ({ name, fresh }) => {
  const isForAll = forBrowsers.some((database) => database.name === name)
  const tellings = isForAll ? TELLINGS : TELLINGS.filter(({ javaScriptEnabled }) => javaScriptEnabled) // once in each preset
  let browser: Browser

  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
  })

  test.each(tellings)(
    'in $preset, in $language, JavaScript: $javaScriptEnabled',
    async ({ preset, language, javaScriptEnabled }) => {
      const world = await startWorld(preset, fresh())
      const words = WORDS[language]
      const open = async (device: BrowserContextOptions): Promise<Page> =>
        (await browser.newContext({ ...device, locale: language, javaScriptEnabled })).newPage()
      const [desktop, phone] = [await open(DESKTOP), await open(PHONE)]
      const email = 'ada@example.com'
      const moved = 'ada.lovelace@example.com'
      const heading = async (page: Page): Promise<string | null> => page.textContent('h1')
      const button = async (page: Page, name: string): Promise<void> =>
        page.locator('main').getByRole('button', { name, exact: true }).click()
      const link = async (page: Page, name: string): Promise<void> =>
        page.locator('main').getByRole('link', { name, exact: true }).click()
      const type = async (page: Page, label: string, text: string): Promise<void> =>
        page.locator('main').getByLabel(label, { exact: true }).fill(text)
      const logIn = async (page: Page, who: string, password: string): Promise<void> => {
        await type(page, words.fields.email, who)
        await type(page, words.fields.password, password)
        await button(page, words.login.button)
        expect(await heading(page)).toBe(words.account.overview.title)
      }

      // She registers at her desk, from the first page.
      await desktop.goto(world.address)
      await link(desktop, words.welcome.register)
      await type(desktop, words.fields.email, email)
      await type(desktop, words.fields.password, OLD)
      await button(desktop, words.register.button)
      expect(await heading(desktop)).toBe(words.asking.mailbox)
      await desktop.goto(await world.mailed(email, 'verify'))
      await type(desktop, words.fields.password, OLD)
      await button(desktop, words.links.verify.button)

      // She logs in from a phone, then loses the password, and gets back in.
      await phone.goto(`${world.address}/account`)
      await logIn(phone, email, OLD)
      await phone.getByRole('button', { name: words.shell.logOut, exact: true }).click()
      await phone.goto(world.address)
      await link(phone, words.welcome.logIn)
      await link(phone, words.login.forgot)
      await type(phone, words.fields.email, email)
      await button(phone, words.asking.button)
      await phone.goto(await world.mailed(email, 'reset'))
      await type(phone, words.links.reset.field, NEW)
      await button(phone, words.links.reset.button)
      if ((await heading(phone)) !== words.account.overview.title) {
        await phone.goto(`${world.address}/login`)
        await logIn(phone, email, NEW)
      }

      // At her desk she logs in too; from the phone she throws the desk out.
      await desktop.goto(`${world.address}/account/sessions`)
      await type(desktop, words.fields.email, email)
      await type(desktop, words.fields.password, NEW)
      await button(desktop, words.login.button)
      expect(await heading(desktop)).toBe(words.sessions.title)
      await phone.goto(`${world.address}/account`)
      await link(phone, words.account.overview.sessions.title)
      expect(await phone.locator('main li').count()).toBe(2)
      expect(await phone.locator('main li').first().textContent()).toContain(words.sessions.current)
      const other = phone.locator('main li').filter({ hasText: 'Firefox' })
      expect(await other.textContent()).toMatch(/Linux/)
      await other.getByRole('button').click()
      expect(await phone.getByRole('status').first().textContent()).toBe(words.notices['session-ended'])
      expect(await phone.locator('main li').count()).toBe(1)
      await desktop.reload()
      expect(await heading(desktop)).toBe(words.login.title)

      // She changes her email.
      await link(phone, words.account.back)
      await link(phone, words.account.overview.changeEmail)
      await type(phone, words.account.email.next, moved)
      await button(phone, words.account.email.button)
      expect(await phone.getByRole('status').first().textContent()).toContain(moved)
      await phone.goto(await world.mailed(moved, 'verify'))
      await type(phone, words.fields.password, NEW)
      await button(phone, words.links.verify.button)
      await phone.goto(`${world.address}/account`)
      expect(await phone.locator('main').textContent()).toContain(moved)

      // A while later she takes her data along: who she is, is asked once more.
      world.service.clock.advance({ minutes: 16 })
      await link(phone, words.account.overview.download.title)
      expect(await heading(phone)).toBe(words.account.again.title)
      await type(phone, words.fields.password, NEW)
      await button(phone, words.account.again.button)
      expect(await heading(phone)).toBe(words.account.download.title)
      const [download] = await Promise.all([
        phone.waitForEvent('download'),
        button(phone, words.account.download.button),
      ])
      expect(download.suggestedFilename()).toBe('bienvenue-export.json')
      const file = JSON.parse(readFileSync(await download.path(), 'utf8')) as unknown
      expect(file).toMatchObject({ user: { email: moved, email_verified: true } })

      // She leaves, and thinks better of it.
      await link(phone, words.account.back)
      await link(phone, words.account.overview.deletion.title)
      await phone.getByLabel(words.account.deletion.confirm).check()
      await button(phone, words.account.deletion.button)
      expect(await heading(phone)).toBe(words.account.leaving.title)
      expect((await phone.context().cookies()).filter(({ name }) => name.endsWith('session_id'))).toEqual([])
      await phone.goto(await world.mailed(moved, 'keep-account'))
      await button(phone, words.links.keep.button)
      await phone.goto(`${world.address}/login`)
      await logIn(phone, moved, NEW)
      expect(await phone.locator('main').textContent()).toContain(moved)

      await desktop.context().close()
      await phone.context().close()
      await world.service.close()
    },
    60_000,
  )
})
