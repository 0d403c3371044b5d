/** The pages of one's account in a real Chromium: what goes wrong with people, browsers and other sites, and what then happens. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { forBrowsers } from '../support/databases.ts'
import { startChromium } from './chromium.ts'
import { NEW, OLD, PRESETS, startWorld } from './world.ts'
import type { World } from './world.ts'

const HOSTILE = 'Mozilla/5.0 <img src=x onerror="document.title=\'owned\'"> <b id=planted>'

describe.each(forBrowsers.flatMap(({ name, fresh }) => PRESETS.map((preset) => ({ name, fresh, preset }))))(
  'the pages of my account on $name, in $preset',
  ({ fresh, preset }) => {
    let world: World
    let browser: Browser
    let contexts: BrowserContext[] = []

    beforeAll(async () => {
      world = await startWorld(preset, fresh())
      browser = await startChromium({ keepsPages: true })
    })
    afterEach(async () => {
      await Promise.all(contexts.map(async (context) => context.close()))
      contexts = []
    })
    afterAll(async () => {
      await browser.close()
      await world.service.close()
    })

    /** A browser of its own, at the page to log in. */
    async function arrive(options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ locale: 'en-GB', ...options })
      contexts.push(context)
      const page = await context.newPage()
      await page.goto(`${world.address}/login`)
      return page
    }

    async function logIn(page: Page, email: string, password = OLD): Promise<void> {
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.locator('main').getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('heading', { level: 1 }).waitFor()
    }

    async function enter(email: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await arrive(options)
      await logIn(page, email)
      expect(page.url()).toBe(`${world.address}/account`)
      return page
    }

    const go = async (page: Page, path: string) => page.goto(`${world.address}${path}`)
    const heading = async (page: Page) => page.textContent('h1')
    const path = (page: Page) => new URL(page.url()).pathname

    describe.each([
      ['with JavaScript', true],
      ['without JavaScript', false],
    ])('%s', (_name, javaScriptEnabled) => {
      let email = ''
      let page: Page

      beforeEach(async () => {
        email = await world.somebody()
        page = await enter(email, { javaScriptEnabled, viewport: { width: 320, height: 700 } })
      })

      test('the password: a wrong one, a weak one, a good one; the keyboard alone does it', async () => {
        await go(page, '/account/password')
        await page.getByLabel('Current password').fill('a wrong lantern at sea')
        await page.getByLabel('New password').fill(NEW)
        await page.getByLabel('New password').press('Enter')
        const alert = page.getByRole('alert')
        expect(await alert.textContent()).toContain('current password is wrong')
        const field = page.getByLabel('Current password')
        expect(await field.getAttribute('aria-invalid')).toBe('true')
        expect(await field.getAttribute('aria-describedby')).toContain((await alert.getAttribute('id')) ?? 'no id')
        expect(await field.inputValue()).toBe('')
        expect(await page.title()).toMatch(/^Not yet:/)
        await field.fill(OLD)
        await page.getByLabel('New password').fill('short')
        await page.getByLabel('New password').press('Enter')
        expect(await page.getByLabel('New password').getAttribute('aria-invalid')).toBe('true')
        await page.getByLabel('Current password').fill(OLD)
        await page.getByLabel('New password').fill(NEW)
        await page.getByLabel('Log me out on all other devices').focus()
        await page.keyboard.press('Space')
        await page.keyboard.press('Enter')
        await page.getByRole('status').waitFor()
        expect(await page.getByRole('status').textContent()).toContain('logged out everywhere else')
        expect(path(page)).toBe('/account')
        expect(await world.letters(email, /password/i)).toBe(1)
      })

      test('an email that is none stays in its field, and one that is leads on', async () => {
        await go(page, '/account/email')
        await page.getByLabel('New email').fill('"><b id=planted>@example.com')
        await page.locator('main form').evaluate((form: HTMLFormElement) => {
          form.noValidate = true
        })
        await page.getByRole('button', { name: 'Send the link' }).click()
        await page.getByRole('alert').waitFor()
        expect(await page.getByLabel('New email').inputValue()).toBe('"><b id=planted>@example.com')
        expect(await page.locator('#planted').count()).toBe(0)
        await page.getByLabel('New email').fill(`new-${email}`)
        await page.getByRole('button', { name: 'Send the link' }).click()
        await page.getByRole('status').waitFor()
        expect(await page.getByRole('status').textContent()).toContain(`new-${email}`)
        expect(path(page)).toBe('/account/email')
        await page.reload()
        expect(await world.letters(`new-${email}`, /./)).toBe(1)
      })

      test('a session that has come to its end in the middle of a form leads to the login, and back to the form', async () => {
        await go(page, '/account/password')
        await page.getByLabel('Current password').fill(OLD)
        await page.getByLabel('New password').fill(NEW)
        world.service.clock.advance({ days: 60 })
        await page.getByRole('button', { name: 'Change the password' }).click()
        await page.waitForURL('**/login?next=*')
        expect(page.url()).not.toContain('quiet')
        await logIn(page, email)
        expect(path(page)).toBe('/account/password')
        expect(await page.getByLabel('New password').inputValue()).toBe('')
        expect(await world.letters(email, /password/i)).toBe(0)
      })

      test('a session that is not fresh: the password once more, a wrong one first, then back to the form', async () => {
        await go(page, '/account/delete')
        world.service.clock.advance({ minutes: 16 })
        await page.getByLabel('Yes, I want to delete my account').check()
        await page.getByRole('button', { name: 'Delete my account' }).click()
        await page.waitForURL('**/login/again?next=*')
        await page.getByLabel('Password', { exact: true }).fill('a wrong lantern at sea')
        await page.getByRole('button', { name: 'Go on' }).click()
        await page.getByRole('alert').waitFor()
        expect(await page.getByLabel('Password', { exact: true }).getAttribute('aria-invalid')).toBe('true')
        await page.getByLabel('Password', { exact: true }).fill(OLD)
        await page.getByRole('button', { name: 'Go on' }).click()
        await page.waitForURL('**/account/delete')
        expect(await page.getByLabel('Yes, I want to delete my account').isChecked()).toBe(false)
        await go(page, '/account')
        expect(await heading(page)).toBe('Your account')
      })

      test('after logging out, going back shows nothing of anybody [ASVS 14.3.1] [ASVS 14.3.2]', async () => {
        for (const path of ['/account/email', '/account/sessions', '/account']) await go(page, path)
        await page.getByRole('button', { name: 'Log out', exact: true }).first().click()
        await page.waitForURL('**/login**')
        for (let steps = 0; steps < 5; steps++) {
          await page.goBack().catch(() => null)
          await page.getByRole('heading', { level: 1 }).waitFor()
          expect(await page.content()).not.toContain(email)
          expect(await heading(page)).not.toBe('Your account')
        }
        await go(page, '/account')
        expect(path(page)).toBe('/login')
      })

      test('a double click does the thing once, however long the thing takes', async () => {
        const { service } = world
        const hash = service.hasher.hash.bind(service.hasher)
        service.hasher.hash = async (...given) => {
          await pause(200)
          return hash(...given)
        }
        onTestFinished(() => {
          service.hasher.hash = hash
        })
        const press = async (name: string): Promise<void> =>
          page.locator('main').getByRole('button', { name }).first().dblclick()
        const other = await enter(email)
        await go(page, '/account/sessions')
        const before = await page.locator('main li').count()
        await press('Log out: ')
        await page.getByRole('status').waitFor()
        expect(await page.locator('main li').count()).toBe(before - 1)
        await go(page, '/account/email')
        await page.getByLabel('New email').fill(`twice-${email}`)
        await press('Send the link')
        await page.getByRole('status').waitFor()
        expect(await world.letters(`twice-${email}`, /./)).toBe(1)
        await go(page, '/account/password')
        await page.getByLabel('Current password').fill(OLD)
        await page.getByLabel('New password').fill(NEW)
        await press('Change the password')
        await expect.poll(() => page.url()).toContain('/account?notice=password-changed') // the second press ends the first navigation
        expect(await world.letters(email, /password/i)).toBe(1)
        await go(other, '/account')
        expect(path(other)).toBe('/login')
        await go(page, '/account/delete')
        await page.getByLabel('Yes, I want to delete my account').check()
        await press('Delete my account')
        await expect.poll(() => path(page)).toBe('/account/deleted')
        expect(await world.letters(email, /delete/i)).toBe(1)
      })

      test('a browser with HTML in its name is shown as a browser [ASVS 1.2.1]', async () => {
        await enter(email, { userAgent: HOSTILE })
        await go(page, '/account/sessions')
        expect(await page.locator('main li').allTextContents()).toContainEqual(
          expect.stringContaining('A browser on an unknown system'),
        )
        expect(await page.locator('#planted, main img').count()).toBe(0)
        expect(await page.title()).not.toContain('owned')
      })
    })

    test('two people at once, each in a browser of their own, see and end nothing of each other', async () => {
      const emails = [await world.somebody(), await world.somebody()] as const
      const [ada, bob] = await Promise.all([enter(emails[0]), enter(emails[1])])
      await enter(emails[0])
      await Promise.all([go(ada, '/account/sessions'), go(bob, '/account/sessions')])
      expect([await ada.locator('main li').count(), await bob.locator('main li').count()]).toEqual([2, 1])
      await Promise.all([
        ada.getByRole('button', { name: 'Log out everywhere else' }).click(),
        go(bob, '/account').then(async () => bob.getByRole('link', { name: 'Change the email' }).click()),
      ])
      await bob.getByRole('heading', { name: 'Change your email' }).waitFor()
      expect(await bob.content()).toContain(emails[1])
      expect(await bob.content()).not.toContain(emails[0])
      await ada.getByRole('status').waitFor()
      await go(ada, '/account')
      expect(await ada.content()).toContain(emails[0])
    })

    test('one person after another in the same browser: nothing of the first is left', async () => {
      const [first, second] = [await world.somebody(), await world.somebody()]
      const page = await enter(first)
      await go(page, '/account/email')
      await page.getByLabel('New email').fill(`new-${first}`)
      await page.getByRole('button', { name: 'Send the link' }).click()
      await page.getByRole('status').waitFor()
      await page.getByRole('button', { name: 'Log out', exact: true }).first().click()
      await page.waitForURL('**/login**')
      await logIn(page, second)
      for (const path of ['/account', '/account/email', '/account/sessions', '/account/password']) {
        await go(page, path)
        expect(await page.content()).not.toContain(first)
      }
    })

    test('the session id of another person in the form ends nothing [ASVS 8.2.2]', async () => {
      const [email, victim] = [await world.somebody(), await world.somebody()]
      const theirs = await enter(victim)
      await enter(victim)
      await go(theirs, '/account/sessions')
      const id = (await theirs.getByRole('button', { name: 'Log out: ' }).getAttribute('value')) ?? ''
      const page = await enter(email)
      await enter(email)
      await go(page, '/account/sessions')
      await page.getByRole('button', { name: 'Log out: ' }).evaluate((button: HTMLButtonElement, value) => {
        button.value = value
      }, id)
      await page.getByRole('button', { name: 'Log out: ' }).click()
      await page.getByRole('alert').waitFor()
      expect(await page.locator('main li').count()).toBe(2)
      await theirs.reload()
      expect(await theirs.locator('main li').count()).toBe(2)
    })

    test('another site can neither post these forms nor put the pages into a frame [ASVS 3.5.1] [ASVS 3.4.6]', async () => {
      const email = await world.somebody()
      const page = await enter(email)
      await enter(email)
      const posts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
        '/account/password': { password: OLD, new_password: NEW },
        '/account/email': { email: 'eve@example.com' },
        '/account/sessions': { others: 'yes' },
        '/account/delete': { confirm: 'yes' },
        '/login/again': { password: OLD },
        '/logout': {},
      }
      for (const [action, fields] of Object.entries(posts)) {
        const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`)
        const html = `<form method="post" action="${world.address}${action}">${inputs.join('')}<button>Win</button></form>`
        await page.route('http://evil.test/', async (route) => route.fulfill({ contentType: 'text/html', body: html }))
        await page.goto('http://evil.test/')
        const [answer] = await Promise.all([
          page.waitForResponse((response) => response.url() === `${world.address}${action}`),
          page.getByRole('button', { name: 'Win' }).click(),
        ])
        expect([action, answer.status()]).toEqual([action, 403])
        await page.unroute('http://evil.test/')
      }
      const evil = createServer((_request, response) => {
        response.setHeader('content-type', 'text/html')
        response.end(`<iframe src="${world.address}/account/delete"></iframe>`)
      })
      await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void evil.close())
      await page.goto(`http://localhost:${String((evil.address() as AddressInfo).port)}/`)
      const [, inner] = page.frames()
      await expect.poll(() => inner?.url()).toBe('chrome-error://chromewebdata/')
      await go(page, '/account/sessions')
      expect(await page.locator('main li').count()).toBe(2)
      expect(await world.letters(email, /password|delete/i)).toBe(0)
    })
  },
)
