/**
 * Clients that register, log in, log out and reset as fast as they can, and keep a journal of what they were told. After a fault the
 * journal says what must be there.
 */
import { sessionOf } from '../support/http.ts'
import type { RequestOptions } from '../support/http.ts'
import { Asker } from './asker.ts'
import type { Clients, Figures } from './figures.ts'

const WRONG_TRIES = 3

/** An account that was acknowledged, with every password that may be the right one: several where an answer never came. */
interface Entry {
  readonly email: string
  /** Where its person comes from, as a proxy says it. */
  readonly source: string
  passwords: readonly string[]
  session: string | null
  /** What the session must answer; null where nobody knows. */
  expected: 200 | 403 | null
  /** A reset token that was spent, and must never work again. */
  spent: string | null
}

/** A storm over some services. */
export class Storm implements Clients {
  readonly #asker: Asker
  readonly #journal: Entry[] = []
  readonly #workers: readonly Promise<void>[]
  #lost = 0
  #twice = 0
  #isOver = false

  /** Begins, with so many clients that go to these ports in turn. */
  constructor(ports: () => readonly number[], clients: number) {
    this.#asker = new Asker(ports)
    this.#workers = Array.from({ length: clients }, async (_, client) => this.#work(client))
  }

  /** Ends the storm, looks for all that was acknowledged, and tells what it found. */
  async end(): Promise<Figures> {
    this.#isOver = true
    await Promise.all(this.#workers)
    const measured = this.#asker.end()
    await this.#look()
    return { ...measured, lost: this.#lost, twice: this.#twice }
  }

  /** One client after another person. Now and then one mistypes the password first, at every service in turn. */
  async #work(client: number): Promise<void> {
    for (let person = 0; !this.#isOver; person++) {
      const entry: Entry = {
        email: `c${String(client)}-${String(person)}@example.com`,
        source: `10.${String(client)}.${String(person >> 8)}.${String(person & 255)}`,
        passwords: ['first'],
        session: null,
        expected: null,
        spent: null,
      }
      if (!(await this.#register(entry))) continue
      if (person % 2 === 0) await this.#reset(entry)
      if (person % 4 === 1) await this.#mistype(entry)
      await this.#logIn(entry)
      if (person % 3 === 0) await this.#logOut(entry)
    }
  }

  /** Registers a person, who is in the journal once that is acknowledged. */
  async #register(entry: Entry): Promise<boolean> {
    const asked = as(entry, { form: { email: entry.email, password: 'first' } })
    if ((await this.#asker.write('POST', '/users', asked, [200])).outcome !== 'yes') return false
    this.#journal.push(entry)
    return true
  }

  /** Resets the password with a token that is sent to two services at once, with two passwords. */
  async #reset(entry: Entry): Promise<void> {
    const { email } = entry
    const { outcome, answer } = await this.#asker.write(
      'POST',
      '/reset_password',
      as(entry, { form: { email } }),
      [200],
    )
    if (outcome !== 'yes') return
    const { reset_token: token } = answer?.json as { readonly reset_token: string }
    const both = await Promise.all(
      ['second', 'third'].map(async (password) => {
        const form = { email, reset_token: token, new_password: password }
        return { password, ...(await this.#asker.write('PUT', '/reset_password', as(entry, { form }), [200], [403])) }
      }),
    )
    const done = both.filter((each) => each.outcome === 'yes')
    if (done.length > 1) this.#twice++
    if (both.every((each) => each.outcome === 'no')) this.#lost++ // acknowledged, and works nowhere
    if (done.length > 0) entry.spent = token
    const perhaps = both.filter((each) => each.outcome === 'unknown')
    const old = done.length === 0 ? entry.passwords : []
    entry.passwords = [...old, ...[...done, ...perhaps].map(({ password }) => password)]
  }

  /** Tries wrong passwords, which is refused and must keep nobody out. */
  async #mistype(entry: Entry): Promise<void> {
    const form = { email: entry.email, password: 'wrong' }
    for (let times = 0; times < WRONG_TRIES; times++)
      await this.#asker.ask('POST', '/sessions', as(entry, { form }), [], [401])
  }

  /** Logs in with whichever password is the right one. */
  async #logIn(entry: Entry): Promise<void> {
    for (const password of entry.passwords) {
      const form = { email: entry.email, password }
      const { outcome, answer } = await this.#asker.write('POST', '/sessions', as(entry, { form }), [200], [401])
      if (outcome !== 'yes' || answer === null) continue
      const session = sessionOf(answer) ?? ''
      entry.session = session
      entry.expected = 200
      await this.#asker.ask('GET', '/profile', as(entry, { session }), [200])
      return
    }
  }

  /** Logs out. */
  async #logOut(entry: Entry): Promise<void> {
    const { session } = entry
    if (session === null) return
    const { outcome } = await this.#asker.write('DELETE', '/sessions', as(entry, { session }), [302], [403])
    entry.expected = outcome === 'yes' ? 403 : null
  }

  /** Looks for everything in the journal, and counts what is not as it must be. */
  async #look(): Promise<void> {
    const waiting = [...this.#journal]
    const look = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const entry = { ...next, source: next.source.replace('10.', '11.') } // the tries of this look are not those of the storm
        if (!(await this.#isThere(entry))) this.#lost++
        if (await this.#isSpentAgain(entry)) this.#twice++
      }
    }
    await Promise.all(Array.from({ length: 8 }, look))
  }

  /** Whether an account, its password and, at every service, its session are what they were acknowledged to be. */
  async #isThere(entry: Entry): Promise<boolean> {
    const { session, expected } = entry
    if (session !== null && expected !== null)
      for (const port of this.#asker.ports) {
        const answer = await this.#asker.send('GET', '/profile', as(entry, { session }), port)
        if (answer?.status !== expected) return false
      }
    for (const password of entry.passwords) {
      const form = { email: entry.email, password }
      const answer = await this.#asker.send('POST', '/sessions', as(entry, { form }))
      if (answer?.status === 200) return true
    }
    return false
  }

  /** Whether a token that was spent sets a password once more, at any service. */
  async #isSpentAgain(entry: Entry): Promise<boolean> {
    if (entry.spent === null) return false
    const form = { email: entry.email, reset_token: entry.spent, new_password: 'fourth' }
    const tries = this.#asker.ports.map(async (port) =>
      this.#asker.send('PUT', '/reset_password', as(entry, { form }), port),
    )
    return (await Promise.all(tries)).some((answer) => answer?.status !== 403)
  }
}

/** What a person sends, and where they come from. */
function as({ source }: Entry, options: RequestOptions): RequestOptions {
  return { ...options, headers: { 'x-forwarded-for': source } }
}
