/** Rows of the security standard about the scripts of our pages: names that people choose take nothing over, and scripts leave none behind. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { startChromium } from './browser/chromium.ts'
import { forBrowsers } from './support/databases.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const PACKAGE = join(import.meta.dirname, '..')
const PAGES = join(PACKAGE, 'src/app/pages')
const scripts = readdirSync(PAGES, { encoding: 'utf8' })
  .filter((name) => name.endsWith('.client.js'))
  .map((name) => readFileSync(join(PAGES, name), 'utf8'))

/** Elements that would stand in for what scripts use, if text became elements: by name on the document, by id on the window. */
const CLOBBERS = ['body', 'forms', 'createElement', 'querySelectorAll', 'getElementById', 'location', 'EventSource']
  .map((name) => `<form name="${name}" id="${name}"><input name="dataset"></form><img name="${name}">`)
  .join('')
const HOSTILE = `x">${CLOBBERS}@example.com`

test('scripts are modules: strict, with a namespace of their own, and each name in them is declared [ASVS 3.2.3]', () => {
  expect(scripts.length).toBeGreaterThan(1)
  const config = JSON.parse(
    readFileSync(join(PACKAGE, 'tsconfig.client.json'), 'utf8').replace(/^\s*\/\/.*$/gm, ''),
  ) as { include: string[]; extends: string }
  expect(config.include).toEqual(['src/app/pages/**/*.client.js']) // the types of all of them are checked with the build
  const shared = readFileSync(join(PACKAGE, config.extends), 'utf8')
  for (const rule of ['"strict": true', '"checkJs": true']) expect(shared).toContain(rule)
  const tags = readdirSync(PAGES, { encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsx'))
    .flatMap((name) => readFileSync(join(PAGES, name), 'utf8').match(/<script[^>]*/g) ?? [])
  expect(tags.length).toBeGreaterThan(1)
  for (const tag of tags) expect(tag).toMatch(/^<script type="module"/)
  for (const text of scripts) {
    expect(text).not.toMatch(
      /\b(?:window|globalThis|self|top|parent|opener|frames)\b(?=\.\w|\[)|document\[|document\.(?:write|all|domain)/,
    )
    const members = [...text.matchAll(/\bdocument\.(\w+)/g)].map(([, name = '']) => name)
    for (const name of members)
      expect(['body', 'forms', 'createElement', 'querySelectorAll', 'getElementById']).toContain(name)
  }
})

describe.each(forBrowsers)('pages with hostile names on $name', ({ fresh }) => {
  let service: TestService
  let browser: Browser
  let page: Page
  let address = ''
  const complaints: string[] = []

  beforeAll(async () => {
    service = await startTestService(fresh())
    address = `http://127.0.0.1:${String(service.port)}`
    browser = await startChromium()
    page = await browser.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
  })
  afterAll(async () => {
    await browser.close()
    await service.close()
  })

  /** What elements have taken over of the document and of forms, and which names a script has left on the window. */
  const taken = async () =>
    page.evaluate(() => {
      const inherited = (one: object, name: string): boolean => name in (Object.getPrototypeOf(one) as object)
      const forms = [...document.querySelectorAll('form')].flatMap((form) =>
        [...form.querySelectorAll('[name],[id]')]
          .flatMap((field) => [field.getAttribute('name') ?? '', field.id])
          .filter((name) => name !== '' && inherited(form, name)),
      )
      const named = [...document.querySelectorAll('form[name],img[name],iframe[name],embed,object,a[name]')]
      const empty = document.createElement('iframe')
      document.body.append(empty)
      const known = new Set(Object.getOwnPropertyNames(empty.contentWindow ?? window))
      empty.remove()
      const left = Object.getOwnPropertyNames(window).filter((name) => !known.has(name) && !/^(?:__|\d+$)/.test(name))
      return { forms, named: named.map(({ outerHTML }) => outerHTML), left, own: Object.getOwnPropertyNames(document) }
    })

  test('what people type names nothing on the document: the page works on, and its script leaves no name behind [ASVS 3.2.3]', async () => {
    for (const path of ['/login', '/register', '/forgot']) {
      await page.goto(`${address}${path}`)
      const form = page.locator('main form').first()
      await form.evaluate((node: HTMLFormElement) => (node.noValidate = true))
      await form.locator('[name=email]').evaluate((node: HTMLInputElement, value) => {
        node.type = 'text'
        node.value = value
      }, HOSTILE)
      if ((await form.locator('[name=password]').count()) > 0) await form.locator('[name=password]').fill('p')
      await Promise.all([page.waitForEvent('load'), form.locator('button:not([type=button])').first().click()])
      expect(await page.content()).toContain('createElement') // it is shown, as the value of the field
      expect(await taken()).toEqual({ forms: [], named: [], left: [], own: ['location'] })
      if (path !== '/forgot') await expect.poll(async () => page.locator('button.reveal').count()).toBe(1) // the script's work
    }
    expect(complaints).toEqual([])
  })

  test('nor what the glass box shows of strangers [ASVS 3.2.3]', async () => {
    await page.goto(`${address}/backstage`)
    await page.getByText('Watching').waitFor()
    await service.send('POST', '/sessions', {
      json: { email: HOSTILE, password: 'x' },
      headers: { 'user-agent': HOSTILE },
    })
    await expect.poll(async () => page.locator('article').first().textContent()).toContain('createElement')
    expect(await taken()).toEqual({ forms: [], named: [], left: [], own: ['location'] })
    await service.send('GET', '/profile')
    await expect.poll(async () => page.locator('article').count()).toBe(2) // it goes on
    expect(complaints).toEqual([])
  })
})
