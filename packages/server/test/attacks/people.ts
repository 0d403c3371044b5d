/** Several people and an attacker who do things at random, and a model of whose is what: for random-acts.test.ts. */
import { randomInt } from 'node:crypto'
import { expect } from 'vitest'
import { PHRASE } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'
import { sessionOf } from '../support/http.ts'
import type { Answer, RequestOptions } from '../support/http.ts'
import { contentsOf } from '../support/contents.ts'

/** What somebody may do. */
export const KINDS = [
  ...['register', 'verify', 'logIn', 'logIn', 'logOut', 'endOthers', 'endOne', 'changePassword', 'changePassword'],
  ...[
    'askReset',
    'askReset',
    'reset',
    'reset',
    'askMove',
    'askMove',
    'askMove',
    'confirm',
    'confirm',
    'confirm',
    'undo',
    'undo',
  ],
  ...['leave', 'takeBack', 'takeBack', 'export', 'look', 'guess', 'borrow', 'wait', 'disable'],
] as const
/** One act: what, who, and two numbers that choose among what there is. */
export interface Act {
  readonly kind: (typeof KINDS)[number]
  readonly who: number
  readonly one: number
  readonly other: number
}

/** A session that somebody opened with a password that they chose. */
interface Opened {
  readonly token: string
  readonly who: number
  readonly account: number
  isDead: boolean
}

/** A link in a letter. Whose mailbox it is in decides who follows it. */
interface Mailed {
  readonly token: string
  readonly purpose: string
  readonly mailbox: string
  readonly email: string
  readonly account: number | null
  isDead: boolean
}

type Row = Readonly<Record<string, unknown>>
type Tables = Readonly<Record<string, readonly Row[]>>

const PASSWORDS = [
  PHRASE,
  'four tall lanterns by the canal',
  'old maps of a quiet island',
  'rust and rain on a tin roof',
]
const PEOPLE = 3

/** A world of three people, each with two mailboxes; every one of them is an attacker of the others too. */
export class People {
  readonly #service: HardenedService
  readonly #database: string
  readonly #run: number
  readonly #sessions: Opened[] = []
  readonly #links: Mailed[] = []
  readonly #passwords = new Map<number, string>() // by account
  readonly #former = new Map<number, Set<string>>()
  #read: number
  #seen: Tables | null = null

  constructor(service: HardenedService, database: string, run: number) {
    this.#service = service
    this.#database = database
    this.#run = run
    this.#read = service.smtp.letters.length
  }

  /** Does one act, and looks whether anything happened that must not. */
  async act(act: Act): Promise<void> {
    const before = this.#seen ?? (await this.#rows())
    await this.#do(act)
    await this.#readLetters()
    const after = await this.#rows()
    this.#seen = after
    for (let who = 0; who < PEOPLE; who++)
      if (who !== act.who && act.kind !== 'disable' && act.kind !== 'wait')
        expect(this.#of(who, after), `what is person ${who}’s after ${act.kind} by ${act.who}`).toEqual(
          this.#of(who, before),
        )
    await this.#look(act.one)
  }

  /** Tries all that is dead, once more, at the end. */
  async end(): Promise<void> {
    for (const session of this.#sessions) await this.#check(session)
    for (const link of this.#links.filter(({ isDead }) => isDead).slice(-12)) await this.#tryDead(link)
  }

  /** How much of what may happen did, so that a test sees that the story is none of refusals alone. */
  get happened(): readonly number[] {
    return [this.#sessions.length, this.#links.length, this.#links.filter(({ isDead }) => isDead).length]
  }

  async #do({ kind, who, one, other }: Act): Promise<void> {
    const own = this.#address(who, one)
    const any = this.#address(other % PEOPLE, one)
    const password = PASSWORDS[other % PASSWORDS.length] ?? PHRASE
    const session = pick(
      this.#sessions.filter((opened) => opened.who === who && !opened.isDead),
      one,
    )
    if (kind === 'wait') this.#service.clock.advance({ minutes: 1 + (one % 12) })
    else if (kind === 'register')
      await this.#send('POST', '/users', { form: { email: any, password: `${PASSWORDS[who] ?? ''} ${who}` } })
    else if (kind === 'verify') await this.#verify(who, one)
    else if (kind === 'logIn') await this.#logIn(who, own)
    else if (kind === 'guess') await this.#guess(who, any, password)
    else if (kind === 'askReset') await this.#send('POST', '/reset_password', { form: { email: any } })
    else if (kind === 'reset') await this.#reset(who, one, `${password} ${who}`, any)
    else if (kind === 'confirm') await this.#confirm(who, one)
    else if (kind === 'undo') await this.#follow(who, 'undo', one)
    else if (kind === 'takeBack') await this.#follow(who, 'keep', one)
    else if (kind === 'disable') await this.#disable(who, one)
    else if (session !== undefined) await this.#doSignedIn({ kind, who, one, other }, session, any)
  }

  async #doSignedIn({ kind, who, one, other }: Act, opened: Opened, any: string): Promise<void> {
    const { token: session, account } = opened
    if (kind === 'logOut' && (await this.#isDone('DELETE', '/sessions', { session }, 302))) opened.isDead = true
    if (kind === 'endOthers' && (await this.#isDone('DELETE', '/sessions?others=yes', { session })))
      this.#endSessions(account, opened)
    if (kind === 'endOne') {
      const victim = pick(this.#sessions, other) ?? opened
      const path = `/sessions/${victim.token.split('.')[0] ?? ''}`
      const isEnded = await this.#isDone('DELETE', path, { session })
      if (isEnded) {
        expect(victim.account, 'a session that one ends is one’s own').toBe(account)
        victim.isDead = true
      }
    }
    if (kind === 'changePassword')
      await this.#changePassword(opened, `${PASSWORDS[other % PASSWORDS.length] ?? ''} ${who}`, one % 2 === 0)
    if (kind === 'askMove')
      await this.#send('PUT', '/email', {
        session,
        form: { email: other % 2 === 0 ? any : this.#address(who, one + other) },
      })
    if (kind === 'export') await this.#send('GET', '/export', { session })
    if (kind === 'leave' && (await this.#isDone('DELETE', '/users/me', { session }))) {
      this.#endSessions(account)
      this.#killLinks(account, ['undo', 'keep'])
    }
    if (kind === 'borrow') await this.#borrow(opened, other)
  }

  /** Tries the name of a session or a link of another with a secret of one's own, and the other way round. */
  async #borrow({ token }: Opened, other: number): Promise<void> {
    const theirs = pick([...this.#sessions, ...this.#links], other)?.token ?? token
    if (theirs === token) return
    const [ownName = '', ownSecret = ''] = token.split('.')
    const [name = '', secret = ''] = theirs.split('.')
    for (const made of [`${name}.${ownSecret}`, `${ownName}.${secret}`])
      expect((await this.#send('GET', '/session', { session: made })).status).toBe(401)
  }

  async #logIn(who: number, email: string): Promise<void> {
    const account = await this.#service.auth.users.findByEmail(email)
    const password = account === null ? null : (this.#passwords.get(account.id) ?? null)
    if (account === null || password === null || !(await this.#service.auth.validLogin(email, password))) return
    const token = sessionOf(await this.#send('POST', '/sessions', { form: { email, password } }))
    if (token !== undefined) this.#sessions.push({ token, who, account: account.id, isDead: false })
  }

  /** The password that somebody chose is the one that counts, unless strangers have guessed too often. */
  async #expectIn(email: string, password: string): Promise<void> {
    const isRight = await this.#service.auth.validLogin(email, password).catch(() => true)
    expect(isRight, `the password that was chosen for ${email}`).toBe(true)
  }

  /** Tries a password of one's own, and every former one, at the address of anybody. */
  async #guess(who: number, email: string, password: string): Promise<void> {
    const account = await this.#service.auth.users.findByEmail(email)
    if (account === null || this.#ownerOf(email) === who) return
    const [former] = [...(this.#former.get(account.id) ?? [])].slice(-1)
    for (const guess of [`${password} ${who}`, former])
      if (guess !== undefined && guess !== this.#passwords.get(account.id))
        expect(await this.#service.auth.validLogin(email, guess), 'a password of another, or of before').toBe(false)
  }

  async #changePassword(opened: Opened, next: string, endOthers: boolean): Promise<void> {
    const { token: session, account } = opened
    const form = {
      password: this.#passwords.get(account) ?? '',
      new_password: next,
      end_others: endOthers ? 'yes' : 'no',
    }
    if (!(await this.#isDone('PUT', '/password', { session, form }))) return
    this.#setPassword(account, next)
    this.#killLinks(account, ['undo', 'keep'])
    if (endOthers) this.#endSessions(account, opened)
  }

  /** Follows a link of a registration, or to confirm a move, with the password that one would choose: never with that of another. */
  async #verify(who: number, one: number): Promise<void> {
    const link = this.#linkIn(who, 'verify', one)
    const password = `${PASSWORDS[who] ?? ''} ${who}`
    if (
      link === undefined ||
      !(await this.#isDone('PUT', '/email_verification', { form: { token: link.token, password } }))
    )
      return
    link.isDead = true
    const account = await this.#service.auth.users.findByEmail(link.email)
    expect(this.#ownerOf(account?.email ?? '')).toBe(who)
    this.#setPassword(account?.id ?? 0, password)
    await this.#expectIn(link.email, password)
    this.#killLinksTo(link.email)
  }

  async #confirm(who: number, one: number): Promise<void> {
    const link = this.#linkIn(who, 'email', one)
    const account = link?.account ?? null
    if (link === undefined || account === null) return
    const isOwn = this.#ownsAccount(who, account)
    const password = isOwn ? (this.#passwords.get(account) ?? '') : `${PASSWORDS[who] ?? ''} ${who}`
    const isDone = await this.#isDone('PUT', '/email_verification', { form: { token: link.token, password } })
    if (!isDone) return
    expect(isOwn, 'a stranger’s account is not moved into a mailbox by its owner’s own password').toBe(true)
    this.#killLinks(account, ['undo'])
    this.#killLinksTo(link.mailbox)
  }

  async #reset(who: number, one: number, password: string, any: string): Promise<void> {
    const link = this.#linkIn(who, 'reset', one)
    if (link === undefined) return
    const form = { reset_token: link.token, new_password: password }
    if (this.#ownerOf(any) !== who) {
      const foreign = await this.#send('PUT', '/reset_password', { form: { ...form, email: any } })
      expect(foreign.status, 'a reset of another’s address by a token of one’s own').not.toBe(200)
    }
    if (!(await this.#isDone('PUT', '/reset_password', { form: { ...form, email: link.email } }))) return
    const account = (await this.#service.auth.users.findByEmail(link.email))?.id ?? 0
    this.#setPassword(account, password)
    await this.#expectIn(link.email, password)
    this.#endSessions(account)
    this.#killLinks(account, ['undo', 'keep'])
    this.#killLinksTo(link.email)
  }

  /** Follows a link that asks for nothing but a press. */
  async #follow(who: number, purpose: 'undo' | 'keep', one: number): Promise<void> {
    const link = this.#linkIn(who, purpose, one)
    if (link === undefined || link.account === null) return
    const page = purpose === 'undo' ? '/undo-email' : '/keep-account'
    const cookie = `__Host-${purpose}_link=${link.token}`
    if (!(await this.#isDone('POST', page, { form: {}, headers: { cookie } }))) return
    link.isDead = true
    if (purpose === 'undo') {
      this.#endSessions(link.account)
      this.#setPassword(link.account, null)
    }
    this.#killLinks(link.account, ['undo'])
  }

  /** An operator disables somebody, and a moment later enables them again. */
  async #disable(who: number, one: number): Promise<void> {
    const account = await this.#service.auth.users.findByEmail(this.#address(who, one))
    if (account === null) return
    await this.#service.auth.admin.disable('operator', account.id)
    this.#endSessions(account.id)
    this.#killLinks(account.id, ['undo', 'keep'])
    await this.#look(one)
    await this.#service.auth.admin.enable('operator', account.id)
  }

  /** Looks at some sessions, and tries something that is dead. */
  async #look(one: number): Promise<void> {
    for (const at of [one, one + 1, one + 5]) {
      const session = pick(this.#sessions, at)
      if (session !== undefined) await this.#check(session, at === one)
    }
    const dead = pick(this.#links.filter(({ isDead }) => isDead).toReversed(), one)
    if (dead !== undefined && one % 2 === 0) await this.#tryDead(dead)
  }

  /** A session shows its own person, or nobody; one that has ended shows nobody, for ever. */
  async #check({ token, who, account, isDead }: Opened, isThorough = true): Promise<void> {
    const seen = await this.#send('GET', '/session', { session: token })
    if (isDead) expect(seen.status, 'a session that has ended').toBe(401)
    if (seen.status !== 200) return
    const { id, email } = seen.json as { readonly id: number; readonly email: string }
    expect([id, this.#ownerOf(email)], 'whose session it is').toEqual([account, who])
    if (!isThorough) return
    const ids = new Set(
      this.#sessions.filter((opened) => opened.account === account).map((opened) => opened.token.split('.')[0]),
    )
    for (const path of ['/profile', '/sessions', '/events', '/export']) {
      const { text, json } = await this.#send('GET', path, { session: token })
      for (let other = 0; other < PEOPLE; other++)
        if (other !== who)
          for (const at of [0, 3]) expect(text.includes(this.#address(other, at)), `${path} names another`).toBe(false)
      if (path === '/sessions')
        for (const one of (json as { sessions: { id: string }[] }).sessions) expect(ids.has(one.id)).toBe(true)
    }
  }

  async #tryDead({ token, purpose, email, account }: Mailed): Promise<void> {
    const password = this.#passwords.get(account ?? 0) ?? PHRASE
    const tries: readonly (readonly [string, string, RequestOptions])[] = [
      ['PUT', '/reset_password', { form: { email, reset_token: token, new_password: PHRASE } }],
      ['PUT', '/email_verification', { form: { token, password } }],
      ['POST', '/undo-email', { form: {}, headers: { cookie: `__Host-undo_link=${token}` } }],
      ['POST', '/keep-account', { form: {}, headers: { cookie: `__Host-keep_link=${token}` } }],
    ]
    for (const [method, path, options] of tries)
      expect((await this.#send(method, path, options)).status, `a dead link of ${purpose} at ${path}`).toBe(403)
  }

  /** Reads what has come into the mailboxes. Which link is for what, the table of tokens says. */
  async #readLetters(): Promise<void> {
    await this.#service.auth.background.send()
    const letters = this.#service.smtp.letters.slice(this.#read)
    this.#read += letters.length
    if (!letters.some(({ text }) => text.includes('?token='))) return
    const { tokens = [] } = await contentsOf(this.#database)
    for (const { text, to } of letters) {
      const token = /\?token=(\S+)/.exec(text)?.[1]
      const row = (tokens as readonly Row[]).find(({ id }) => id === token?.split('.')[0])
      if (token === undefined || row === undefined) continue
      const [purpose, email] = [String(row['purpose']), String(row['email_key'])]
      const account = row['user_id'] as number | null
      this.#links.push({ token, purpose, mailbox: to[0] ?? '', email, account, isDead: false })
    }
  }

  /** What is stored, by table. */
  async #rows(): Promise<Tables> {
    const { users = [], passwords = [], sessions = [], devices = [] } = await contentsOf(this.#database)
    return { users, passwords, sessions, devices } as Tables
  }

  /** What is stored of the accounts of one person, but for what passes by itself. */
  #of(who: number, { users = [], ...rest }: Tables): unknown {
    const own = users.filter(({ email_key: key }) => this.#ownerOf(String(key)) === who)
    const ids = new Set(own.map(({ id }) => id))
    const now = this.#service.clock.now().getTime()
    const rows = Object.values(rest).flatMap((table) => table.filter((row) => ids.has(row['user_id'])))
    const live = rows.filter(({ expires_at: end }) => typeof end !== 'number' || end > now)
    const lasting = [...own, ...live].map((row) => Object.entries(row).filter(([name]) => name !== 'used_at'))
    return lasting.map((row) => JSON.stringify(row)).toSorted() // PostgreSQL gives rows in the order in which they were last written
  }

  #address(who: number, one: number): string {
    return `p${who}-${one % 4 === 3 ? 1 : 0}-${this.#run}@example.com`
  }

  #ownerOf(email: string): number {
    return Number(/^p(\d)-\d-(\d+)@/.exec(email)?.[1] ?? -1)
  }

  #ownsAccount(who: number, account: number): boolean {
    return this.#sessions.some((opened) => opened.account === account && opened.who === who)
  }

  #linkIn(who: number, purpose: string, one: number): Mailed | undefined {
    return pick(
      this.#links.filter((link) => this.#ownerOf(link.mailbox) === who && link.purpose === purpose).slice(-3),
      one,
    )
  }

  #setPassword(account: number, password: string | null): void {
    const old = this.#passwords.get(account)
    const former = this.#former.get(account) ?? new Set()
    this.#former.set(account, former)
    if (old !== undefined) former.add(old)
    this.#passwords.delete(account)
    if (password === null) return
    former.delete(password)
    this.#passwords.set(account, password)
  }

  #endSessions(account: number, except?: Opened): void {
    for (const opened of this.#sessions) if (opened.account === account && opened !== except) opened.isDead = true
  }

  #killLinks(account: number, stay: readonly string[]): void {
    for (const link of this.#links) if (link.account === account && !stay.includes(link.purpose)) link.isDead = true
  }

  #killLinksTo(email: string): void {
    for (const link of this.#links)
      if (link.email === email && ['verify', 'reset'].includes(link.purpose)) link.isDead = true
  }

  async #isDone(method: string, path: string, options: RequestOptions, status = 200): Promise<boolean> {
    return (await this.#send(method, path, options)).status === status
  }

  async #send(method: string, path: string, options: RequestOptions): Promise<Answer> {
    const source = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}` // limits of one source are no part of this story
    const headers = { 'x-forwarded-for': source, ...options.headers }
    const answer = await this.#service.send(method, path, { ...options, headers })
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(500)
    return answer
  }
}

/** One of these, chosen by a number; undefined where there is none. */
function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(list.length, 1)]
}
