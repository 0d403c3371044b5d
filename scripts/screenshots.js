/**
 * Takes the pictures of the pages that the docs show, into docs/screenshots. `npm run screenshots` renews them all; with names behind
 * it (`npm run screenshots -- register`), those alone. It serves the pages itself, from a database of its own.
 */
import './guard.js'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { openService } from '../packages/server/dist/index.js'
import { root } from './steps.js'

const FOLDER = join(root, 'docs/screenshots')
const CHROMIUM = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
const EMAIL = 'olga@example.com'
const NEW_EMAIL = 'bob@example.com'
const PASSWORD = 'violet ladder hums at noon'
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1'

/** @typedef {import('playwright-core').Page} Page */

/**
 * @typedef {object} Shot
 * @property {keyof typeof SCREENS} screen What it is looked at with.
 * @property {'light' | 'dark'} theme
 * @property {'en-GB' | 'fr-FR'} [locale] English if left out.
 * @property {string} path Where the page is.
 * @property {boolean} [isSignedIn] Whether Olga is logged in.
 * @property {(page: Page) => Promise<unknown>} [then] What is done on the page first.
 */

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 760 } }

/**
 * The pictures, by their names.
 * @type {Readonly<Record<string, Shot>>}
 */
const SHOTS = {
  'login-desktop': { screen: 'desktop', theme: 'light', path: '/login' },
  'login-refused-dark': {
    screen: 'phone',
    theme: 'dark',
    path: '/login',
    then: async (page) => send(page, { email: EMAIL, password: 'wrong' }),
  },
  register: {
    screen: 'phone',
    theme: 'light',
    path: '/register',
    then: async (page) => {
      await page.fill('[name=email]', NEW_EMAIL)
      await page.fill('[name=password]', 'violet lad')
    },
  },
  mailbox: {
    screen: 'phone',
    theme: 'light',
    path: '/register',
    then: async (page) => send(page, { email: NEW_EMAIL, password: PASSWORD }),
  },
  'account-phone': { screen: 'phone', theme: 'dark', locale: 'fr-FR', path: '/account', isSignedIn: true },
  'sessions-desktop': { screen: 'desktop', theme: 'light', path: '/account/sessions', isSignedIn: true },
  'not-found-dark': { screen: 'desktop', theme: 'dark', path: '/nothing' },
}

/**
 * Fills the form of a page and sends it.
 * @param {Page} page
 * @param {Record<string, string>} fields
 */
async function send(page, fields) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`main [name=${name}]`, value)
  await Promise.all([page.waitForEvent('load'), page.press('main input', 'Enter')])
}

/**
 * Takes one picture.
 * @param {import('playwright-core').Browser} browser
 * @param {string} address Of the service.
 * @param {string} name
 * @param {Shot} shot
 */
async function take(browser, address, name, { screen, theme, locale = 'en-GB', path, isSignedIn = false, then }) {
  const viewport = SCREENS[screen]
  const context = await browser.newContext({ viewport, locale, colorScheme: theme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  if (isSignedIn) {
    await page.goto(`${address}/login`)
    await send(page, { email: EMAIL, password: PASSWORD })
  }
  await page.goto(`${address}${path}`)
  await then?.(page)
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true, animations: 'disabled' })
  await page.request.delete(`${address}/sessions`) // else the next picture lists this session
  await context.close()
}

const SETTINGS = /** @type {const} */ ({
  http: { port: 0 },
  passwords: { minimumLength: 15 },
  users: { verifyFirst: true, tellExistence: false },
  brand: { name: 'Example' },
})
const MAIL = /** @type {const} */ ({ smtpUrl: 'smtp://127.0.0.1:9', from: 'accounts@example.com' }) // nobody there: letters wait

/**
 * Serves the pages, and resolves to the service and its address.
 * @param {string} database
 * @param {import('../packages/server/dist/index.js').SomeSettings} settings
 */
async function serve(database, settings) {
  const { auth, app, listen, close } = await openService({ database, settings })
  await listen()
  const { port } = /** @type {import('node:net').AddressInfo} */ (app.server.address())
  return { auth, close, address: `http://127.0.0.1:${port}` }
}

/**
 * Puts Olga and her phone into a database. Her letter goes to the inbox, which services for people do not have.
 * @param {string} database
 */
async function fill(database) {
  const { auth, address, close } = await serve(database, SETTINGS)
  const post = async (/** @type {string} */ path, /** @type {Record<string, string>} */ fields, method = 'POST') =>
    fetch(`${address}${path}`, { method, body: new URLSearchParams(fields), headers: { 'user-agent': PHONE } })
  await post('/users', { email: EMAIL, password: PASSWORD })
  await auth.background.send()
  const [letter] = await auth.inbox()
  const token = /token=(\S+)/.exec(letter?.text ?? '')?.[1] ?? ''
  await post('/email_verification', { token, password: PASSWORD }, 'PUT')
  await post('/sessions', { email: EMAIL, password: PASSWORD })
  await close()
}

const wanted = process.argv.slice(2)
const executablePath = CHROMIUM.find((path) => existsSync(path))
if (executablePath === undefined)
  throw new Error('no Chromium here: install it, or name one in the environment as CHROMIUM')
mkdirSync(FOLDER, { recursive: true })
const folder = mkdtempSync(join(tmpdir(), 'bienvenue-screenshots-'))
const database = `sqlite:${join(folder, 'shown.db')}`
await fill(database)
const { address, close } = await serve(database, { ...SETTINGS, mail: MAIL })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  for (const [name, shot] of Object.entries(SHOTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    await take(browser, address, name, shot)
    console.log(name)
  }
} finally {
  await browser.close()
  await close()
  rmSync(folder, { recursive: true })
}
