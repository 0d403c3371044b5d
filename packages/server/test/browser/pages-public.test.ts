/** The pages that anybody may open, in a real Chromium, with JavaScript and without: from the first click to the app that sent the person. */
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createApp } from '../../src/app/app.ts'
import { AuthError } from '../../src/errors.ts'
import { openAuth } from '../../src/service.ts'
import { settingsOf } from '../../src/settings-list.ts'
import { CheapHasher } from '../support/cheap-hasher.ts'
import { forBrowsers, SECRET } from '../support/databases.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'
import { startChromium } from './chromium.ts'

const PASSWORD = 'violet ladder hums at noon'
const USUAL = /status of (?:4\d\d|503)|^Clear-Site-Data header/

describe.each(forBrowsers)('public pages in Chromium on $name', ({ fresh }) => {
  let service: TestService
  let browser: Browser
  let app: Server
  let appOrigin = ''
  let address = ''
  let people = 0
  const posts: string[] = []

  beforeAll(async () => {
    app = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<title>The app</title>')
    })
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    appOrigin = `http://127.0.0.1:${String((app.address() as AddressInfo).port)}`
    service = await startTestService(fresh(), {
      http: { nextOrigins: [appOrigin] },
      passwords: { minimumLength: 15 },
    })
    service.app.server.on('request', ({ method, url = '' }) => {
      if (method === 'POST') posts.push(url)
    })
    address = `http://127.0.0.1:${String(service.port)}`
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
    app.close()
  })

  async function somebody(): Promise<string> {
    const email = `person-${String(++people)}@example.com`
    await service.send('POST', '/users', { form: { email, password: PASSWORD } })
    return email
  }

  describe.each([
    ['without JavaScript', false],
    ['with JavaScript', true],
  ])('%s', (_name, javaScriptEnabled) => {
    let context: BrowserContext
    let page: Page
    let complaints: string[] = []

    beforeEach(async () => {
      complaints = []
      context = await browser.newContext({ javaScriptEnabled, viewport: { width: 390, height: 780 }, locale: 'en' })
      page = await context.newPage()
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
    })
    afterEach(async () => {
      expect(complaints.filter((text) => !USUAL.test(text))).toEqual([])
      await context.close()
    })

    const send = async (): Promise<void> => page.locator('main form > button').click()

    test('register from the first page, log out, log in again, and the app has its visitor back', async () => {
      const email = `person-${String(++people)}@example.com`
      await page.goto(`${address}/?next=${encodeURIComponent(`${appOrigin}/back?a=b`)}`)
      await page.getByRole('link', { name: 'Create an account' }).click()
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await send()
      expect([page.url(), await page.title()]).toEqual([`${appOrigin}/back?a=b`, 'The app'])
      await page.goto(address)
      await page.locator('header').getByRole('button', { name: 'Log out' }).click()
      expect(await page.getByRole('status').first().textContent()).toBe('You are logged out on this device.')
      await page.goBack()
      await page.reload()
      expect(await page.locator('header').getByRole('button').count()).toBe(0)
      await page.goto(`${address}/login?next=${encodeURIComponent(`${appOrigin}/x`)}`)
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await page.getByLabel('Password', { exact: true }).press('Enter')
      expect(page.url()).toBe(`${appOrigin}/x`)
    })

    test('a refusal keeps what was typed but the password, and says why beside the field', async () => {
      await page.goto(`${address}/register`)
      await page.getByLabel('Email').fill('eve@example.com')
      await page.getByLabel('Password', { exact: true }).fill('short')
      await send()
      const password = page.getByLabel('Password', { exact: true })
      expect(await page.getByRole('alert').textContent()).toContain('15 characters at the least')
      expect(await page.getByLabel('Email').inputValue()).toBe('eve@example.com')
      expect([await password.inputValue(), await password.getAttribute('aria-invalid')]).toEqual(['', 'true'])
      expect(await password.evaluate((field) => field === document.activeElement)).toBe(javaScriptEnabled)
      expect(await page.title()).toMatch(/^Not yet: /)
    })

    test('what strangers typed is text, whatever it is [ASVS 1.2.1]', async () => {
      await page.goto(`${address}/login`)
      await page.locator('main form').evaluate((form: HTMLFormElement) => {
        form.noValidate = true
      })
      const evil = `"><script>document.title='owned'</script><img src=x onerror="document.title='owned'">@example.com`
      await page.getByLabel('Email').fill(evil)
      await page.getByLabel('Password', { exact: true }).fill('x')
      await send()
      expect(await page.getByLabel('Email').inputValue()).toBe(evil)
      expect(await page.title()).toMatch(/^Not yet: Log in/)
      expect(await page.locator('main img, main script').count()).toBe(0)
    })

    test('the language is chosen below, and kept', async () => {
      await page.goto(`${address}/login?next=/account`)
      await page.getByRole('button', { name: 'Français' }).click()
      expect([page.url(), await page.textContent('h1')]).toEqual([`${address}/login?next=/account`, 'Connexion'])
      await page.goto(`${address}/forgot`)
      expect(await page.getAttribute('html', 'lang')).toBe('fr')
    })

    test('a page that is not there has the way back', async () => {
      await page.goto(`${address}/nowhere`)
      expect(await page.textContent('h1')).toBe('Nothing here')
      await page.getByRole('link', { name: 'To the welcome page' }).click()
      expect(page.url()).toBe(`${address}/`)
    })
  })

  test('the script shows a password on demand [ASVS 6.2.6], and hides it before it is sent', async () => {
    const page = await browser.newPage()
    await page.goto(`${address}/login`)
    const field = page.locator('#password')
    await field.fill('a lantern')
    expect(await field.getAttribute('type')).toBe('password')
    await page.getByRole('button', { name: 'Show the password' }).click()
    expect(await field.getAttribute('type')).toBe('text')
    await page.locator('#email').fill('ada@example.com')
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await page.locator('main form > button').click()
    expect((await sent).postData()).toContain('password=a+lantern')
    expect(await page.locator('#password').getAttribute('type')).toBe('password')
    await page.close()
  })

  test('the script says how much of a new password is there', async () => {
    const page = await browser.newPage()
    await page.goto(`${address}/register`)
    const [field, told] = [page.locator('#password'), page.locator('.length')]
    await field.fill('short')
    expect(await told.textContent()).toBe('5 of 15 characters')
    await field.fill('🦊🦊')
    expect(await told.textContent()).toBe('2 of 15 characters')
    await field.fill(PASSWORD)
    expect(await told.textContent()).toBe('Long enough')
    await page.close()
  })

  test('pressing a button twice sends a form once', async () => {
    const page = await browser.newPage()
    await page.goto(`${address}/login`)
    await page.fill('#email', await somebody())
    await page.fill('#password', PASSWORD)
    posts.length = 0
    await page.locator('main form > button').evaluate((button: HTMLButtonElement) => {
      for (let press = 0; press < 5; press++) button.click()
    })
    await page.waitForURL(`${address}/account`)
    expect(posts).toEqual(['/login'])
    await page.close()
  })

  test('text can be pasted into every field [ASVS 6.2.7]', async () => {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
    const page = await context.newPage()
    await page.goto(`${address}/register`)
    const long = 'lantern '.repeat(40)
    await page.evaluate(async (text) => navigator.clipboard.writeText(text), long)
    await page.focus('#password')
    await page.keyboard.press('Control+V')
    expect(await page.inputValue('#password')).toBe(long)
    await context.close()
  })

  test('whoever has to wait sees the seconds go by, and then that it is over', async () => {
    const { auth, close } = await openAuth(
      settingsOf('classic', { service: { secret: SECRET }, database: { url: fresh() } }),
    )
    const limited = createApp(auth)
    limited.get('/limited', { schema: { hide: true } }, async (_request, reply) =>
      limited.refusalPage(reply, { status: 429, code: 'limits.test', waitSeconds: 3 }),
    )
    const url = `${await limited.listen({ port: 0, host: '127.0.0.1' })}/limited`
    const page = await browser.newPage({ locale: 'en' })
    expect((await page.goto(url))?.status()).toBe(429)
    const wait = page.locator('.wait')
    await expect.poll(async () => wait.textContent()).toMatch(/^You can try again in 0:0[123]$/)
    expect(await wait.getAttribute('role')).toBeNull() // else each second would be said aloud
    await expect.poll(async () => wait.textContent(), { timeout: 5000 }).toBe('You can try again now.')
    expect(await wait.getAttribute('role')).toBe('status')
    expect(await page.getByRole('link', { name: 'Try again' }).getAttribute('href')).toBe('/limited')
    await page.close()
    await limited.close()
    await close()
  })

  test('a login that had to wait marks no field; when the wait is over nothing says to wait any more', async () => {
    const hasher = new CheapHasher()
    hasher.verify = async () => Promise.reject(new AuthError('limits.exceeded', { retryAfterSeconds: 2 }))
    const limited = await startTestService(fresh(), {}, { hasher })
    const page = await browser.newPage({ locale: 'en' })
    await page.goto(`http://127.0.0.1:${String(limited.port)}/login`)
    await page.getByLabel('Email').fill('eve@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.locator('main').getByRole('button', { name: 'Log in' }).click()
    const alert = page.getByRole('alert')
    expect(await alert.textContent()).toContain('Wait a little')
    expect(await page.locator('[aria-invalid]').count()).toBe(0)
    expect(await page.getByRole('link', { name: 'by email' }).getAttribute('href')).toBe('/forgot')
    await expect.poll(async () => page.locator('.wait').textContent(), { timeout: 5000 }).toBe('You can try again now.')
    expect(await alert.count()).toBe(0)
    await page.close()
    await limited.close()
  })

  test('a form of another site logs nobody in', async () => {
    const page = await browser.newPage()
    await page.route('http://evil.test/', async (route) => {
      const body = `<form method="post" action="${address}/login"><input name="email" value="a@example.com"><input name="password" value="x"><button>Win</button></form>`
      await route.fulfill({ contentType: 'text/html', body })
    })
    await page.goto('http://evil.test/')
    await page.click('button')
    expect(await page.textContent('h1')).toBe('This came from another site')
    expect(await page.context().cookies(address)).toEqual([])
    await page.close()
  })

  test('a page opened a second time loads style and script from the browser’s own store', async () => {
    const page = await browser.newPage()
    await page.goto(`${address}/login`)
    const kept = await page.evaluate(async () => {
      const paths = [...document.querySelectorAll<HTMLElement>('link, script')].map(
        (one) => one.getAttribute('href') ?? one.getAttribute('src') ?? '',
      )
      const policies = paths.map((path) => path.startsWith('/assets/'))
      return Promise.resolve(policies)
    })
    expect(kept).toEqual([true, true])
    const transferred = await page
      .goto(`${address}/register`)
      .then(async () =>
        page.evaluate(() =>
          performance
            .getEntriesByType('resource')
            .map((entry) => (entry instanceof PerformanceResourceTiming ? entry.transferSize : -1)),
        ),
      )
    expect(transferred).toEqual([0, 0])
    await page.close()
  })
})
