/** The service as attackers meet it: in both presets, on each database, with people who have come in by the front door. */
import { contentsOf } from '../support/contents.ts'
import { databases } from '../support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened, tokenIn } from '../support/hardened.ts'
import { sessionOf } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'
import { linkIn } from '../support/smtp.ts'

export { OTHER_PHRASE, PHRASE }

const LINK_MS = 31 * 60_000

/** A running service with what stories of attacks need. */
export interface World extends TestService {
  /** Registers somebody, and verifies them where that is asked for. */
  settle(email: string, password?: string): Promise<void>
  /** Logs somebody in, and returns the session. */
  logIn(email: string, password?: string): Promise<string>
  /** Asks for a reset, and returns its token: from the answer, or from the letter. */
  resetTokenOf(email: string): Promise<string>
  /** The token in the next letter to this address that what is done here brings about. */
  mailed(email: string, done: () => Promise<unknown>): Promise<string>
  /** How many letters have left, once those that wait have. */
  countLetters(): Promise<number>
  /** Every row of every table. */
  contents(): ReturnType<typeof contentsOf>
}

/** A kind of service: a preset on a database. */
export interface WorldKind {
  readonly name: string
  readonly preset: 'classic' | 'hardened'
  /** Starts one on a fresh database. The test closes it. */
  start(): Promise<World>
}

/** Both presets on each database. */
export const worlds: readonly WorldKind[] = databases.flatMap(({ name, fresh }) => [
  { name: `classic on ${name}`, preset: 'classic' as const, start: async () => startClassic(fresh()) },
  { name: `hardened on ${name}`, preset: 'hardened' as const, start: async () => startStrict(fresh()) },
])

/** What both presets do alike. */
function common(service: TestService, database: string): Pick<World, 'logIn' | 'contents'> {
  return {
    logIn: async (email, password = PHRASE) => {
      const answer = await service.send('POST', '/sessions', { form: { email, password } })
      if (answer.status !== 200) throw new Error(`${email} was not logged in: ${answer.text}`)
      return sessionOf(answer) ?? ''
    },
    contents: async () => contentsOf(database),
  }
}

async function startClassic(database: string): Promise<World> {
  const service = await startTestService(database)
  return {
    ...service,
    ...common(service, database),
    settle: async (email, password = PHRASE) => {
      const answer = await service.send('POST', '/users', { form: { email, password } })
      if (answer.status !== 200) throw new Error(`${email} was not registered: ${answer.text}`)
    },
    resetTokenOf: async (email) => {
      const { json } = await service.send('POST', '/reset_password', { form: { email } })
      return (json as { reset_token: string }).reset_token
    },
    countLetters: async () => {
      await service.auth.background.send()
      return (await service.auth.inbox()).length
    },
    mailed: async (email, done) => {
      await service.auth.background.send()
      const before = new Set((await service.auth.inbox()).map(({ id }) => id))
      await done()
      await service.auth.background.send()
      const letters = (await service.auth.inbox()).filter(({ id, to }) => !before.has(id) && to === email)
      const letter = letters.find(({ text }) => text.includes('?token='))
      if (letter === undefined) throw new Error(`no letter with a link to ${email}`)
      return tokenIn(linkIn(letter))
    },
  }
}

async function startStrict(database: string): Promise<World> {
  const service = await startHardened(database)
  const asked = new Map<string, number>() // while a link is young, asking for another brings none
  const mailed: World['mailed'] = async (email, done) => {
    await service.auth.background.send()
    const before = service.smtp.to(email).length
    await done()
    await service.auth.background.send()
    const letter = service.smtp
      .to(email)
      .slice(before)
      .find(({ text }) => text.includes('?token='))
    if (letter === undefined) throw new Error(`no letter with a link to ${email}`)
    return tokenIn(linkIn(letter))
  }
  return {
    ...service,
    ...common(service, database),
    mailed,
    countLetters: async () => {
      await service.auth.background.send()
      return service.smtp.letters.length
    },
    resetTokenOf: async (email) => {
      if ((asked.get(email) ?? 0) > service.clock.now().getTime() - LINK_MS) service.clock.advance({ minutes: 31 })
      asked.set(email, service.clock.now().getTime())
      return mailed(email, async () => service.send('POST', '/reset_password', { form: { email } }))
    },
  }
}

/** What an answer says, but for what differs each time anyhow. */
export function lookOf({ status, headers, text }: Answer): unknown {
  const { date, 'x-request-id': id, ...rest } = headers
  return [status, Object.entries(rest), text, typeof date, typeof id]
}
