/** How long the server takes to make a page. The target is a millisecond; the bound is wide, for small and busy machines. */
import { expect, test } from 'vitest'
import type { VNode } from 'preact'
import { againPage } from '../src/app/pages/account/again.tsx'
import { deletionPage } from '../src/app/pages/account/deletion.tsx'
import { exportPage } from '../src/app/pages/account/export.tsx'
import { overviewPage } from '../src/app/pages/account/overview.tsx'
import { passwordPage } from '../src/app/pages/account/password.tsx'
import { askingPage } from '../src/app/pages/asking.tsx'
import { errorPage } from '../src/app/pages/error.tsx'
import type { Frame } from '../src/app/pages/frame.ts'
import { linkFormPage } from '../src/app/pages/link.tsx'
import { loginPage } from '../src/app/pages/login.tsx'
import { registerPage } from '../src/app/pages/register.tsx'
import { render } from '../src/app/pages/render.ts'
import { welcomePage } from '../src/app/pages/welcome.tsx'
import { WORDS } from '../src/app/pages/words/language.ts'
import { settingsOf } from '../src/settings-list.ts'
import type { User, UserId } from '../src/user.ts'

const TARGET_MS = 1
const BOUND = 10 // times the target: other tests run beside this one
const ROUNDS = 300
const WARM_UP_ROUNDS = 100

const user: User = {
  id: 1 as UserId,
  email: 'bob@example.com',
  emailVerified: false,
  createdAt: new Date('2026-03-01T12:00:00Z'),
}

const frame: Frame = {
  words: WORDS.fr,
  language: 'fr',
  nonce: 'bm9uY2U=',
  home: '/',
  brand: { name: 'Example', logo: null },
  style: { href: '/assets/style.css' },
  script: '/assets/script.js',
  user,
  next: null,
  path: '/account',
  notice: null,
  minimumLength: 15,
  verifyFirst: true,
}

const PAGES: Readonly<Record<string, () => VNode>> = {
  welcome: () => welcomePage(frame, settingsOf('classic')),
  register: () => registerPage(frame),
  login: () => loginPage(frame),
  forgot: () => askingPage(frame, 'reset'),
  reset: () => linkFormPage(frame, 'reset'),
  account: () => overviewPage(frame, user),
  password: () => passwordPage(frame, user, false),
  again: () => againPage(frame, user),
  download: () => exportPage(frame),
  deletion: () => deletionPage(frame, 7, false),
  error: () => errorPage(frame, { status: 404, isForeign: false, waitSeconds: null, id: null }),
}

/** Milliseconds, the median of many rounds. */
function medianOf(page: () => VNode): number {
  const times = Array.from({ length: WARM_UP_ROUNDS + ROUNDS }, () => {
    const begun = performance.now()
    render(page())
    return performance.now() - begun
  })
  return times.slice(WARM_UP_ROUNDS).toSorted((a, b) => a - b)[ROUNDS / 2]!
}

test.each(Object.entries(PAGES))('the page %s is made in no time', (name, page) => {
  const ms = medianOf(page)
  expect(ms, name).toBeLessThan(TARGET_MS * BOUND)
})
