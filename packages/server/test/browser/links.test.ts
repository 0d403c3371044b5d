/** The pages of mailed links in a real Chromium, with JavaScript and without: from the letter to the end, and no token stays behind. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { forBrowsers } from '../support/databases.ts'
import { sessionOf } from '../support/http.ts'
import { linkTo, MAILED, settle, tokenOf } from '../support/letters.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'
import { startChromium } from './chromium.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const FIND =
  'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }).then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))'
// Chromium would like the email beside the password, for password managers: but who followed a link, nobody has looked up yet.
const USUAL = /status of (?:400|403)|^\[DOM\] Password forms should have/
const OLD = 'old lantern by the sea'
const NEW = 'new lantern by the lake'

describe.each(forBrowsers)('mailed links in Chromium on $name', ({ fresh }) => {
  let service: TestService
  let browser: Browser
  let address = ''
  let people = 0

  beforeAll(async () => {
    service = await startTestService(fresh(), { ...MAILED, passwords: { minimumLength: 15 } })
    address = `http://127.0.0.1:${String(service.port)}`
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  async function somebody(): Promise<string> {
    const email = `person-${String(++people)}@example.com`
    await settle(service, email, OLD)
    return email
  }

  async function sessionFor(email: string): Promise<string> {
    return sessionOf(await service.send('POST', '/sessions', { form: { email, password: OLD } })) ?? ''
  }

  /** The link of a letter as this service is reached in the test. */
  async function mailed(email: string, page: string): Promise<string> {
    return `${address}${await linkTo(service, email, page)}`
  }

  describe.each([
    ['without JavaScript', false],
    ['with JavaScript', true],
  ])('%s', (_name, javaScriptEnabled) => {
    let context: BrowserContext
    let page: Page
    let asked: { url: string; referer: string | undefined }[] = []
    let complaints: string[] = []
    let token = ''

    beforeEach(async () => {
      ;[asked, complaints, token] = [[], [], '']
      context = await browser.newContext({ javaScriptEnabled, viewport: { width: 320, height: 700 } })
      page = await context.newPage()
      page.on('request', (request) => asked.push({ url: request.url(), referer: request.headers()['referer'] }))
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
    })
    afterEach(async () => {
      expect(complaints.filter((text) => !USUAL.test(text))).toEqual([])
      expect(await page.content()).not.toContain(token)
      for (const { url, referer } of asked) {
        expect(referer ?? '').not.toContain('token')
        expect(new URL(url).origin).toBe(address)
      }
      expect(asked.filter(({ url }) => url.includes('token')).length).toBe(1) // the link itself, once
      const { entries } = await (await context.newCDPSession(page)).send('Page.getNavigationHistory')
      expect(entries.map(({ url }) => url).join(' ')).not.toContain('token')
      expect(await context.cookies()).toEqual([])
      await context.close()
    })

    /** Follows a link. The browser is then at the clean address, and its cookie is out of the reach of scripts. */
    async function follow(link: string, path: string): Promise<void> {
      token = tokenOf(link)
      await page.goto(link)
      expect(page.url()).toBe(`${address}${path}`)
      expect(await context.cookies()).toEqual([
        expect.objectContaining({ value: token, httpOnly: true, sameSite: 'Lax', path: '/' }),
      ])
    }

    test('a forgotten password: ask, follow, a weak one, a good one, log in', async () => {
      const email = await somebody()
      await page.goto(`${address}/forgot`)
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Email').press('Enter')
      expect(await page.textContent('h1')).toBe('Look into your mailbox')
      await follow(await mailed(email, 'reset'), '/reset')
      await page.getByLabel('New password', { exact: true }).fill('too short')
      await page.locator('main form > button').click()
      expect(await page.getByRole('alert').textContent()).toContain('15 characters at the least')
      expect(await page.getByLabel('New password', { exact: true }).inputValue()).toBe('')
      await page.getByLabel('New password', { exact: true }).fill(NEW)
      await page.locator('main form > button').click()
      expect(await page.textContent('h1')).toBe('The new password is set')
      expect(page.url()).toBe(`${address}/reset`)
      const login = await service.send('POST', '/sessions', { form: { email, password: NEW } })
      expect(login.status).toBe(200)
      await page.getByRole('link', { name: 'log in' }).click()
      expect(page.url()).toBe(`${address}/login`)
    })

    test('verifying an email: a wrong password first', async () => {
      const email = `person-${String(++people)}@example.com`
      await service.send('POST', '/users', { form: { email, password: OLD } })
      await follow(await mailed(email, 'verify'), '/verify')
      await page.getByLabel('Password', { exact: true }).fill('a wrong lantern at sea')
      await page.locator('main form > button').click()
      expect(await page.getByRole('alert').textContent()).toContain('not the password')
      await page.getByLabel('Password', { exact: true }).fill(OLD)
      await page.locator('main form > button').click()
      expect(await page.textContent('h1')).toBe('The email is verified')
      expect(await sessionFor(email)).not.toBe('')
    })

    test('a change of the email that somebody else made is undone', async () => {
      const email = await somebody()
      await service.send('PUT', '/email', { form: { email: `eve-${email}` }, session: await sessionFor(email) })
      const confirm = tokenOf(await linkTo(service, `eve-${email}`, 'verify'))
      await service.send('PUT', '/email_verification', { form: { token: confirm, password: OLD } })
      await follow(await mailed(email, 'undo-email'), '/undo-email')
      await page.locator('main form > button').press('Enter')
      expect(await page.textContent('h1')).toBe('The account is yours again')
      await page.getByRole('link', { name: 'Reset the password' }).click()
      expect(page.url()).toBe(`${address}/forgot`)
    })

    test('an account that was to be deleted is kept', async () => {
      const email = await somebody()
      await service.send('DELETE', '/users/me', { session: await sessionFor(email) })
      await follow(await mailed(email, 'keep-account'), '/keep-account')
      await page.locator('main form > button').click()
      expect(await page.textContent('h1')).toBe('Your account stays')
      expect(await sessionFor(email)).not.toBe('')
    })

    test('a link that was used leads on to another letter', async () => {
      const email = await somebody()
      await service.send('POST', '/forgot', { form: { email } })
      const link = await mailed(email, 'reset')
      await service.send('PUT', '/reset_password', {
        form: { email, reset_token: tokenOf(link), new_password: NEW },
      })
      await follow(link, '/reset')
      await page.getByLabel('New password', { exact: true }).fill(OLD)
      await page.locator('main form > button').click()
      expect(await page.textContent('h1')).toBe('This link does not work')
      await page.getByRole('link', { name: 'Ask for another letter' }).click()
      expect(page.url()).toBe(`${address}/forgot`)
    })
  })

  test('a link in a page of another site is followed, and its form posts', async () => {
    const email = await somebody()
    await service.send('POST', '/forgot', { form: { email } })
    const context = await browser.newContext()
    const page = await context.newPage()
    const link = await mailed(email, 'reset')
    await page.route('http://mail.test/', async (route) => {
      await route.fulfill({ contentType: 'text/html', body: `<a href="${link}">Choose a new password</a>` })
    })
    await page.goto('http://mail.test/')
    await page.click('a')
    await page.getByLabel('New password', { exact: true }).fill(NEW)
    await page.locator('main form > button').click()
    expect(await page.textContent('h1')).toBe('The new password is set')
    await context.close()
  })

  test('text can be pasted into the password, whole [ASVS 6.2.7]', async () => {
    const email = await somebody()
    await service.send('POST', '/forgot', { form: { email } })
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
    const page = await context.newPage()
    await page.goto(await mailed(email, 'reset'))
    const long = 'lantern '.repeat(40)
    await page.evaluate(async (text) => navigator.clipboard.writeText(text), long)
    await page.getByLabel('New password', { exact: true }).focus()
    await page.keyboard.press('Control+V')
    expect(await page.getByLabel('New password', { exact: true }).inputValue()).toBe(long)
    await context.close()
  })

  test('no page has anything that axe finds, in light and in dark, at 320 pixels', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const email = await somebody()
      await service.send('POST', '/forgot', { form: { email } })
      const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width: 320, height: 700 } })
      const page = await context.newPage()
      const look = async (): Promise<void> => {
        await page.evaluate(AXE)
        expect([page.url(), await page.evaluate(FIND)]).toEqual([page.url(), []])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
      }
      const post = async (fields: Readonly<Record<string, string>>): Promise<void> => {
        for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value)
        await page.locator('main form > button').click()
        await look()
      }
      for (const path of ['reset', 'verify', 'undo-email', 'keep-account', 'forgot', 'verify/again']) {
        await page.goto(`${address}/${path}`)
        await look()
      }
      await post({ Email: 'nobody@example.com' })
      const link = await mailed(email, 'reset')
      await page.goto(link)
      await look()
      await post({ 'New password': 'short' })
      await post({ 'New password': NEW })
      for (const path of ['verify', 'undo-email', 'keep-account']) {
        await page.goto(link.replace('/reset?', `/${path}?`))
        await look()
        await post(path === 'verify' ? { Password: 'x' } : {})
      }
      await context.close()
    }
  })
})
