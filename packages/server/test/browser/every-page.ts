/** Every page of the service, in every state that people can bring it into. Whoever adds a page adds its states here. */
import type { Page } from 'playwright-core'
import { sessionOf } from '../support/http.ts'
import type { TestService } from '../support/service.ts'
import { BREAKS, BUSY, LIMITED } from './failing-hasher.ts'

/** A password that the policy takes. */
export const PASSWORD = 'old lantern by the sea'
const OTHER = 'new lantern by the lake'

/** Somebody with a browser, on the way to a page. */
export interface Visit {
  readonly page: Page
  readonly service: TestService
  /** What the service's paths begin with. */
  readonly address: string
  /** Somebody with an account; nobody else has it. */
  readonly somebody: () => Promise<string>
  /** The path of the latest link to this page that was mailed to this address. */
  readonly linkTo: (email: string, page: string) => Promise<string>
  /** Logs somebody in, in this browser. */
  readonly signIn: (email: string) => Promise<void>
}

/** A page in a state. */
export interface State {
  /** What the page is called in reports. */
  readonly name: string
  /** The preset of the service that shows it; hardened if left out. */
  readonly preset?: 'classic'
  /** The status of its answer; 200 if left out. */
  readonly status?: number
  /** Whether it is a page for somebody who is signed in. */
  readonly isSignedIn?: boolean
  /** Goes there. */
  readonly go: (visit: Visit) => Promise<unknown>
}

/** Opens a path. */
const open =
  (path: string) =>
  async ({ page, address }: Visit): Promise<unknown> =>
    page.goto(`${address}${path}`)

/** Opens a path as somebody who is logged in. */
const openSignedIn =
  (path: string) =>
  async (visit: Visit): Promise<unknown> => {
    await visit.signIn(await visit.somebody())
    return open(path)(visit)
  }

/** Fills the fields of the form that has them all, and sends it, even where the browser itself would refuse. */
async function fill({ page }: Visit, fields: Readonly<Record<string, string>>): Promise<void> {
  const names = Object.keys(fields).map((name) => `:has([name=${name}])`)
  const form = page.locator(`main form${names.join('')}`).first()
  await form.evaluate((node: HTMLFormElement) => (node.noValidate = true))
  for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value)
  await Promise.all([page.waitForEvent('load'), form.locator('button:not([type=button])').first().click()])
}

/** Opens a path and sends its form. */
const send =
  (path: string, fields: Readonly<Record<string, string>>) =>
  async (visit: Visit): Promise<void> => {
    await open(path)(visit)
    await fill(visit, fields)
  }

/** Opens the link of the latest letter to somebody. */
async function follow(visit: Visit, email: string, page: string): Promise<void> {
  await visit.page.goto(`${visit.address}${await visit.linkTo(email, page)}`)
}

/** Asks for a reset as somebody, and follows the link. */
async function followReset(visit: Visit): Promise<void> {
  const email = await visit.somebody()
  await visit.service.send('POST', '/forgot', { form: { email } })
  await follow(visit, email, 'reset')
}

/** Registers, and follows the link. */
async function followVerify(visit: Visit): Promise<void> {
  const email = `new-${String(Math.random()).slice(2)}@example.com`
  await visit.service.send('POST', '/users', { form: { email, password: PASSWORD } })
  await follow(visit, email, 'verify')
}

/** Moves to another email while logged in, and types the password behind the link. */
async function moveSignedIn(visit: Visit): Promise<void> {
  const email = await visit.somebody()
  await visit.signIn(email)
  await send('/account/email', { email: `at-once-${email}` })(visit)
  await follow(visit, `at-once-${email}`, 'verify')
  await fill(visit, { password: PASSWORD })
}

/** Moves to another email, and follows the link of the old one. */
async function followUndo(visit: Visit): Promise<void> {
  const email = await visit.somebody()
  const session = sessionOf(await visit.service.send('POST', '/sessions', { form: { email, password: PASSWORD } }))
  const moved = `moved-${email}`
  await visit.service.send('PUT', '/email', { form: { email: moved }, session })
  await follow(visit, moved, 'verify')
  await fill(visit, { password: PASSWORD })
  await follow(visit, email, 'undo-email')
}

/** Has the account deleted, and follows the link. */
async function followKeep(visit: Visit): Promise<void> {
  const email = await visit.somebody()
  const session = sessionOf(await visit.service.send('POST', '/sessions', { form: { email, password: PASSWORD } }))
  await visit.service.send('DELETE', '/users/me', { session })
  await follow(visit, email, 'keep-account')
}

/** Follows a link whose token never was one. */
const followDead =
  (page: string, fields: Readonly<Record<string, string>>) =>
  async (visit: Visit): Promise<void> => {
    const token = `00000000-0000-4000-8000-000000000000.${'a'.repeat(43)}`
    await visit.page.goto(`${visit.address}/${page}?token=${token}`)
    await fill(visit, fields)
  }

/** A step after another. */
const then =
  (go: (visit: Visit) => Promise<unknown>, next: (visit: Visit) => Promise<unknown>) =>
  async (visit: Visit): Promise<void> => {
    await go(visit)
    await next(visit)
  }

const links: readonly State[] = [
  { name: 'reset, without a link', go: open('/reset') },
  { name: 'reset', go: followReset },
  { name: 'reset, refused', status: 400, go: then(followReset, async (visit) => fill(visit, { new_password: 'x' })) },
  { name: 'reset, done', go: then(followReset, async (visit) => fill(visit, { new_password: OTHER })) },
  { name: 'reset, with a dead link', status: 403, go: followDead('reset', { new_password: OTHER }) },
  { name: 'verify, without a link', go: open('/verify') },
  { name: 'verify', go: followVerify },
  { name: 'verify, refused', status: 403, go: then(followVerify, async (visit) => fill(visit, { password: OTHER })) },
  { name: 'verify, done', go: then(followVerify, async (visit) => fill(visit, { password: PASSWORD })) },
  { name: 'verify, done while signed in', isSignedIn: true, go: moveSignedIn },
  { name: 'undo, without a link', go: open('/undo-email') },
  { name: 'undo', go: followUndo },
  { name: 'undo, done', go: then(followUndo, async (visit) => fill(visit, {})) },
  { name: 'keep, without a link', go: open('/keep-account') },
  { name: 'keep', go: followKeep },
  { name: 'keep, done', go: then(followKeep, async (visit) => fill(visit, {})) },
]

const asking: readonly State[] = [
  { name: 'forgot', go: open('/forgot') },
  { name: 'forgot, refused', status: 400, go: send('/forgot', { email: 'bob' }) },
  { name: 'forgot, asked', go: send('/forgot', { email: 'nobody@example.com' }) },
  {
    name: 'forgot, handed out',
    preset: 'classic',
    go: async (visit) => send('/forgot', { email: await visit.somebody() })(visit),
  },
  { name: 'verify again', go: open('/verify/again') },
  { name: 'verify again, signed in', isSignedIn: true, go: openSignedIn('/verify/again') },
]

/** Lets another site send a form to the service. */
async function postFromElsewhere({ page, address }: Visit): Promise<void> {
  await page.route('http://elsewhere.test/', async (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${address}/login"><button>Send</button></form>`,
    }),
  )
  await page.goto('http://elsewhere.test/')
  await Promise.all([page.waitForEvent('load'), page.click('button')])
}

/** Sends the form of the page to log in to the interface for programs, as somebody who is signed in: refusals are pages of their own there. */
const sendToPrograms =
  (password: string) =>
  async (visit: Visit): Promise<void> => {
    await open('/login')(visit)
    await visit.signIn(await visit.somebody())
    const form = visit.page.locator('main form')
    await form.evaluate((node: HTMLFormElement) => (node.action = node.action.replace(/login$/, 'sessions')))
    await fill(visit, { email: 'x@example.com', password })
  }

/** Comes back so late that a password is asked for once more. */
async function openStale(visit: Visit): Promise<void> {
  await visit.signIn(await visit.somebody())
  visit.service.clock.advance({ minutes: 30 })
  await open('/account/delete')(visit)
}

/** Logs in from a second browser as well. */
async function openTwoSessions(visit: Visit): Promise<void> {
  const email = await visit.somebody()
  const agent = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
  await visit.service.send('POST', '/sessions', { form: { email, password: PASSWORD }, headers: agent })
  await visit.signIn(email)
  await open('/account/sessions')(visit)
}

/** Comes back after somebody has guessed at the password. */
async function openEvents(visit: Visit): Promise<void> {
  const email = await visit.somebody()
  for (let guess = 0; guess < 2; guess++)
    await visit.service.send('POST', '/sessions', { form: { email, password: OTHER } })
  await visit.signIn(email)
  await open('/account/events')(visit)
}

const BAD_EMAIL = 'bob'

const entrance: readonly State[] = [
  { name: 'welcome', go: open('/') },
  { name: 'welcome, signed in', isSignedIn: true, go: openSignedIn('/') },
  { name: 'welcome to learners', preset: 'classic', go: open('/') },
  { name: 'welcome to learners, signed in', preset: 'classic', isSignedIn: true, go: openSignedIn('/') },
  { name: 'register', go: open('/register') },
  { name: 'register, on the way to a page', go: open('/register?next=%2Faccount%2Fsessions') },
  { name: 'register, email refused', status: 400, go: send('/register', { email: BAD_EMAIL, password: PASSWORD }) },
  {
    name: 'register, password refused',
    status: 400,
    go: send('/register', { email: 'x@example.com', password: 'short' }),
  },
  { name: 'mailbox', go: send('/register', { email: 'x@example.com', password: PASSWORD }) },
  { name: 'log in', go: open('/login') },
  { name: 'log in, refused', status: 401, go: send('/login', { email: 'x@example.com', password: OTHER }) },
  { name: 'log in, no room', status: 503, go: send('/login', { email: 'x@example.com', password: BUSY }) },
  { name: 'log in, too often', status: 429, go: send('/login', { email: 'x@example.com', password: LIMITED }) },
  {
    name: 'log in, after logging out',
    go: async (visit) => {
      await openSignedIn('/account')(visit)
      await Promise.all([visit.page.waitForEvent('load'), visit.page.locator('form[action$=logout] button').click()])
    },
  },
]

const account: readonly State[] = [
  { name: 'account', isSignedIn: true, go: openSignedIn('/account') },
  {
    name: 'account, password changed',
    isSignedIn: true,
    go: then(openSignedIn('/account/password'), async (visit) =>
      fill(visit, { password: PASSWORD, new_password: OTHER }),
    ),
  },
  { name: 'change password', isSignedIn: true, go: openSignedIn('/account/password') },
  {
    name: 'change password, wrong',
    status: 403,
    isSignedIn: true,
    go: then(openSignedIn('/account/password'), async (visit) => fill(visit, { password: 'no', new_password: OTHER })),
  },
  {
    name: 'change password, refused',
    status: 400,
    isSignedIn: true,
    go: then(openSignedIn('/account/password'), async (visit) =>
      fill(visit, { password: PASSWORD, new_password: 'short' }),
    ),
  },
  { name: 'change email', isSignedIn: true, go: openSignedIn('/account/email') },
  {
    name: 'change email, refused',
    status: 400,
    isSignedIn: true,
    go: then(openSignedIn('/account/email'), async (visit) => fill(visit, { email: BAD_EMAIL })),
  },
  {
    name: 'change email, asked',
    isSignedIn: true,
    go: then(openSignedIn('/account/email'), async (visit) => fill(visit, { email: 'next@example.com' })),
  },
  { name: 'sessions', isSignedIn: true, go: openSignedIn('/account/sessions') },
  { name: 'sessions, several', isSignedIn: true, go: openTwoSessions },
  { name: 'sessions, others ended', isSignedIn: true, go: then(openTwoSessions, async (visit) => fill(visit, {})) },
  { name: 'what happened', isSignedIn: true, go: openEvents },
  { name: 'my data', isSignedIn: true, go: openSignedIn('/account/export') },
  { name: 'delete', isSignedIn: true, go: openSignedIn('/account/delete') },
  {
    name: 'delete, without the tick',
    status: 400,
    isSignedIn: true,
    go: then(openSignedIn('/account/delete'), async (visit) => fill(visit, {})),
  },
  { name: 'deleted', go: open('/account/deleted') },
  { name: 'log in again', isSignedIn: true, go: openStale },
  {
    name: 'log in again, refused',
    status: 401,
    isSignedIn: true,
    go: then(openStale, async (visit) => fill(visit, { password: OTHER })),
  },
]

const wrong: readonly State[] = [
  { name: 'not found', status: 404, go: open('/nothing') },
  { name: 'not found, signed in', status: 404, isSignedIn: true, go: openSignedIn('/nothing') },
  { name: 'not that way', status: 405, go: open('/logout') },
  { name: 'from another site', status: 403, go: postFromElsewhere },
  { name: 'too many tries', status: 429, isSignedIn: true, go: sendToPrograms(LIMITED) },
  { name: 'broken', status: 500, go: send('/login', { email: 'x@example.com', password: BREAKS }) },
  { name: 'no room', status: 503, go: sendToPrograms(BUSY) },
]

/** All of them. */
export const STATES: readonly State[] = [...entrance, ...asking, ...links, ...account, ...wrong]
