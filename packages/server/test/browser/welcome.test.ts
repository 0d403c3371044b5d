/** The page at / in a real Chromium: every request can be tried from it, by keyboard, and the browser keeps to its policy. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { forBrowsers } from '../support/databases.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'
import { startChromium } from './chromium.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.each(forBrowsers)('the page at / on $name', ({ fresh }) => {
  let service: TestService
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    service = await startTestService(fresh())
    browser = await startChromium()
    page = await browser.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`http://127.0.0.1:${String(service.port)}/`)
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  /** Fills the form of this name, sends it by the keyboard, and resolves to the answer that the page shows. */
  async function tryOut(form: string, fields: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, value] of Object.entries(fields)) await page.fill(`#${form}-${name}`, value)
    const answer = page.locator(`#${form} + pre`)
    await answer.evaluate((element) => {
      element.textContent = ''
    })
    await page.focus(`#${form} button`)
    await page.keyboard.press('Enter')
    await expect.poll(async () => answer.textContent()).not.toBe('')
    return (await answer.textContent()) ?? ''
  }

  test('tells the story of the contract, request by request', async () => {
    const email = 'guillaume@holberton.io'
    expect(await tryOut('register', { email, password: 'b4l0u' })).toContain('"user created"')
    expect(await tryOut('register', { email, password: 'b4l0u' })).toContain('"email already registered"')
    expect(await tryOut('login', { email, password: 'wrong' })).toMatch(/^401/)
    expect(await tryOut('profile', {})).toMatch(/^403/)
    expect(await tryOut('login', { email, password: 'b4l0u' })).toContain('"logged in"')
    expect(await tryOut('profile', {})).toContain(email)
    expect(await tryOut('logout', {})).toContain('"Bienvenue"')
    expect(await tryOut('profile', {})).toMatch(/^403/)
    const asked = await tryOut('forgot', { email })
    const token = /"reset_token":"([^"]+)"/.exec(asked)?.[1] ?? ''
    expect(await tryOut('reset', { email, reset_token: token, new_password: 't4rt1fl3tt3' })).toContain(
      '"Password updated"',
    )
    expect(await tryOut('login', { email, password: 't4rt1fl3tt3' })).toContain('"logged in"')
    expect(complaints.filter((text) => !/Failed to load resource|^Clear-Site-Data header/.test(text))).toEqual([])
  })

  test('speaks of answers in the language of the page, also where none came', async () => {
    const context = await browser.newContext({ locale: 'fr-FR' })
    const french = await context.newPage()
    await french.goto(`http://127.0.0.1:${String(service.port)}/`)
    const answer = french.locator('#logout + pre')
    const submit = async () => french.locator('#logout button').click()
    await french.request.post(`http://127.0.0.1:${String(service.port)}/users`, {
      form: { email: 'fr@example.com', password: 'p' },
    })
    await french.request.post(`http://127.0.0.1:${String(service.port)}/sessions`, {
      form: { email: 'fr@example.com', password: 'p' },
    })
    await submit()
    await expect.poll(async () => answer.textContent()).toContain('200 OK (après une redirection)')
    await context.setOffline(true)
    await submit()
    await expect.poll(async () => answer.textContent()).toBe('Le service n’a pas répondu.')
    await context.close()
  })

  test('shows what people type as text, never as a part of the page [ASVS 3.2.2]', async () => {
    await page.locator('#register').evaluate((form: HTMLFormElement) => {
      form.noValidate = true
    })
    const shown = await tryOut('register', {
      email: '"><img/src=x>@example.com',
      password: '<script>document.title = "owned"</script>',
    })
    expect(shown).toMatch(/^400/)
    expect(await page.locator('pre img, pre script').count()).toBe(0)
    expect(await page.title()).toBe('Welcome · Bienvenue')
  })

  test('lets no script run but its own [ASVS 3.4.3]', async () => {
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.documentElement.dataset.owned = "yes"'
      document.body.append(script)
      return document.documentElement.dataset['owned'] ?? 'no'
    })
    expect(ran).toBe('no')
  })

  test('has nothing that axe finds, in light and in dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ bypassCSP: true, colorScheme })
      const other = await context.newPage()
      await other.goto(`http://127.0.0.1:${String(service.port)}/`)
      await other.evaluate(AXE)
      const found = await other.evaluate(
        'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }).then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))',
      )
      expect(found).toEqual([])
      await context.close()
    }
  })
})
