/** The glass box in a real Chromium: a learner sends requests in one window, and sees in the other what they did. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { forBrowsers } from '../support/databases.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'
import { startChromium } from './chromium.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.each(forBrowsers)('the page at /backstage on $name', ({ fresh }) => {
  let service: TestService
  let browser: Browser
  let page: Page
  let address = ''
  const complaints: string[] = []

  beforeAll(async () => {
    service = await startTestService(fresh())
    browser = await startChromium()
    address = `http://127.0.0.1:${String(service.port)}`
    page = await browser.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(address)
    await page.click('text=Backstage')
    await page.getByText('Watching').waitFor()
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  test('shows a registration as it happens: steps with their lines, statements, rows, the answer', async () => {
    expect(page.url()).toBe(`${address}/backstage`)
    await service.send('POST', '/users', { form: { email: 'bob@example.com', password: 'mySuperPwd' } })
    const article = page.locator('article').first()
    await expect.poll(async () => article.textContent()).toContain('user created')
    const heading = await article.getByRole('heading').textContent()
    expect(heading).toContain('POST /users 200')
    const places = await article.locator('.at').allTextContents()
    expect(places).toContainEqual(expect.stringMatching(/^app\/api\/users\.ts:\d+$/))
    expect(places).toContainEqual(expect.stringMatching(/^auth\/users\.ts:\d+$/))
    expect(places).toContainEqual(expect.stringMatching(/^db\/passwords\.ts:\d+$/))
    expect((await article.locator('.statement pre').allTextContents()).join('\n')).toMatch(/insert into "users"/)
    const row = article.getByRole('region', { name: 'A row of users' })
    expect(await row.locator('ins').allTextContents()).toContain('bob@example.com')
    expect(await article.textContent()).not.toContain('mySuperPwd')
  })

  test('shows what strangers send as text, never as a part of the page [ASVS 3.2.2]', async () => {
    const email = `<img src=x onerror="document.title='owned'"><b id=planted>@example.com`
    await service.send('POST', '/reset_password', { json: { email } })
    const article = page.locator('article').first()
    await expect.poll(async () => article.textContent()).toContain(email)
    expect(await page.locator('#planted, img').count()).toBe(0)
    expect(await page.title()).not.toBe('owned')
  })

  test('waits while it is paused, and then shows what came, by the keyboard alone', async () => {
    const newest = async () => page.locator('article h2').first().textContent()
    await page.focus('#pause')
    await page.keyboard.press('Enter')
    const before = await newest()
    await service.send('GET', '/profile')
    await expect.poll(async () => page.textContent('#state')).toMatch(/^Paused; 1 request/)
    expect(await newest()).toBe(before)
    await page.keyboard.press('Enter')
    await expect.poll(newest).toContain('GET /profile 403')
  })

  test('without JavaScript it shows what came since it was opened', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const plain = await context.newPage()
    await plain.goto(`${address}/backstage`)
    await service.send('GET', '/readyz')
    await plain.click('text=Load it again')
    expect(await plain.locator('article').first().textContent()).toContain('GET /readyz')
    await context.close()
  })

  test('fits 320 pixels, and has nothing that axe finds, in light and in dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width: 320, height: 800 } })
      const other = await context.newPage()
      await other.goto(`${address}/backstage`)
      await expect.poll(async () => other.textContent('#state')).toContain('Watching')
      await expect.poll(async () => other.locator('table').count()).toBeGreaterThan(0)
      expect(await other.evaluate('document.documentElement.scrollWidth')).toBe(320)
      await other.evaluate(AXE)
      const found = await other.evaluate(
        'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }).then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))',
      )
      expect(found).toEqual([])
      await context.close()
    }
  })

  test('has nothing to complain about', () => {
    expect(complaints).toEqual([])
  })
})
