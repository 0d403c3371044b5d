/** The inbox for development in a real Chromium: a learner registers, opens the letter, and follows its link. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { DB } from '../../src/db/db.ts'
import { forBrowsers, SECRET } from '../support/databases.ts'
import { linkTo, MAILED } from '../support/letters.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'
import { startChromium } from './chromium.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const EMAIL = 'bob@example.com'

describe.each(forBrowsers)('the page at /inbox on $name', ({ fresh }) => {
  let service: TestService
  let browser: Browser
  let address = ''
  const database = fresh()

  beforeAll(async () => {
    service = await startTestService(database, MAILED)
    address = `http://127.0.0.1:${String(service.port)}`
    browser = await startChromium()
    await service.send('POST', '/users', { form: { email: EMAIL, password: 'p' } })
    await linkTo(service, EMAIL, 'verify')
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  test.each([
    ['without JavaScript', false],
    ['with JavaScript', true],
  ])('%s: from the welcome page to the letter, and along its link', async (_name, javaScriptEnabled) => {
    const context = await browser.newContext({ javaScriptEnabled })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(address)
    await page.getByRole('link', { name: 'inbox' }).click()
    expect(page.url()).toBe(`${address}/inbox`)
    const link = page.getByRole('article').getByRole('link').first()
    const href = new URL((await link.getAttribute('href')) ?? '')
    await page.goto(`${address}${href.pathname}${href.search}`) // links name the port of the settings, which is not the test's
    expect(page.url()).toBe(`${address}/verify`)
    expect(await page.getByLabel('Password', { exact: true }).isVisible()).toBe(true)
    expect(complaints.filter((text) => !text.startsWith('[DOM] Password forms'))).toEqual([])
    await context.close()
  })

  test('shows the HTML of a letter with its styles, and lets nothing in it run, load, send or lead away', async () => {
    const db = await DB.open(database, { secrets: [SECRET] })
    await db.inbox.add({
      to: EMAIL,
      subject: 'Hostile',
      text: 'x',
      html: `<!doctype html><body style="background:#123456"><script>document.body.id = 'ran'</script>
        <img src="/healthz?img"><link rel="stylesheet" href="/healthz?css"><iframe src="/healthz?frame"></iframe>
        <form action="/users" method="post"><button>Send</button></form><a href="${address}/profile" target="_top">Away</a>`,
      sentAt: service.clock.now(),
    })
    await db.close()
    const page = await browser.newPage()
    const asked: string[] = []
    page.on('requestfinished', (request) => asked.push(request.url()))
    await page.goto(`${address}/inbox`)
    await page.locator('article summary').first().click()
    const frame = page.locator('article iframe').first().contentFrame()
    await frame.getByText('Send').waitFor()
    expect(await frame.locator('body').getAttribute('id')).toBeNull()
    expect(await frame.locator('body').getAttribute('style')).toBe('background:#123456')
    await frame.getByText('Send').click()
    await frame.getByText('Away').click()
    await page.waitForTimeout(200)
    expect(page.url()).toBe(`${address}/inbox`)
    expect(asked.filter((url) => /healthz|users|profile/.test(url))).toEqual([])
    await page.close()
  })

  test('another site can neither read it nor put it into a frame', async () => {
    const page = await browser.newPage()
    await page.route('http://evil.test/', async (route) => {
      const body = `<iframe src="${address}/inbox"></iframe><iframe src="${address}/inbox/1"></iframe>`
      await route.fulfill({ contentType: 'text/html', body })
    })
    await page.goto('http://evil.test/')
    const read = await page.evaluate(
      async (url) =>
        fetch(url, { credentials: 'include' }).then(
          async (response) => response.text(),
          () => 'refused',
        ),
      `${address}/inbox`,
    )
    expect(read).toBe('refused')
    for (const frame of page.frames().slice(1)) expect(await frame.content()).not.toContain('token')
    await page.close()
  })

  test('fits 320 pixels, and has nothing that axe finds, in light and in dark, in both languages', async () => {
    for (const [colorScheme, locale, title] of [
      ['light', 'en-GB', 'Inbox'],
      ['dark', 'fr-FR', 'Boîte de réception'],
    ] as const) {
      const viewport = { width: 320, height: 700 }
      const context = await browser.newContext({ bypassCSP: true, colorScheme, locale, viewport })
      const page = await context.newPage()
      await page.goto(`${address}/inbox`)
      expect(await page.textContent('h1')).toBe(title)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
      await page.evaluate(AXE)
      const found = await page.evaluate(
        'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"], iframes: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))',
      )
      expect(found).toEqual([])
      await context.close()
    }
  })
})
