/** A service in either preset as people in a browser meet it, and their mailboxes. */
import { vi } from 'vitest'
import type { SomeSettings } from '../../src/settings.ts'
import { startHardened } from '../support/hardened.ts'
import type { RequestOptions, Answer } from '../support/http.ts'
import { MAILED } from '../support/letters.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'

/** A password that both take. */
export const OLD = 'violet ladder hums at noon'
/** Another one. */
export const NEW = 'seven quiet harbours in fog'

/** A service that people reach at an address. */
export interface World {
  readonly service: TestService
  readonly address: string
  /** The link of the newest letter to this email that leads to this page, as the service is reached here. */
  readonly mailed: (email: string, page: string) => Promise<string>
  /** Somebody new, who has registered and verified the email. Resolves to the email. */
  readonly somebody: () => Promise<string>
  /** How many letters with this in their subject have gone to this email. */
  readonly letters: (email: string, subject: RegExp) => Promise<number>
}

/** The presets. */
export const PRESETS = ['classic', 'hardened'] as const
/** One of them. */
export type WorldPreset = (typeof PRESETS)[number]

interface Letter {
  readonly subject: string
  readonly text: string
}

/** Starts a service: classic with its letters in its own inbox, hardened with a mail server. The test closes it. */
export async function startWorld(preset: WorldPreset, database: string, settings: SomeSettings = {}): Promise<World> {
  const { service, to } = preset === 'classic' ? await classic(database, settings) : await hardened(database, settings)
  const address = `http://127.0.0.1:${String(service.port)}`
  let people = 0
  const mailed = async (email: string, page: string): Promise<string> =>
    vi.waitUntil(async () => {
      await service.auth.background.send()
      const pattern = new RegExp(`https?://[^/\\s]+(\\S*/${page}\\?token=\\S+)`)
      const paths = (await to(email)).flatMap(({ text }) => pattern.exec(text)?.slice(1) ?? [])
      return paths[0] === undefined ? undefined : `${address}${paths[0]}`
    })
  const send = async (method: string, path: string, options: RequestOptions): Promise<Answer> => {
    const answer = await service.send(method, path, options)
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${String(answer.status)} ${answer.text}`)
    return answer
  }
  const somebody = async (): Promise<string> => {
    const email = `person-${String(++people)}@example.com`
    await send('POST', '/users', { form: { email, password: OLD } })
    const token = new URL(await mailed(email, 'verify')).searchParams.get('token') ?? ''
    await send('PUT', '/email_verification', { form: { token, password: OLD } })
    return email
  }
  const letters = async (email: string, subject: RegExp): Promise<number> => {
    await service.auth.background.send()
    return (await to(email)).filter((letter) => subject.test(letter.subject)).length
  }
  return { service, address, mailed, somebody, letters }
}

interface Mailing {
  readonly service: TestService
  /** The letters to an email, the newest first. */
  readonly to: (email: string) => Promise<readonly Letter[]>
}

async function classic(database: string, settings: SomeSettings): Promise<Mailing> {
  const service = await startTestService(database, { ...MAILED, ...settings, passwords: { minimumLength: 15 } })
  return { service, to: async (email) => (await service.auth.inbox()).filter(({ to }) => to === email) }
}

async function hardened(database: string, settings: SomeSettings): Promise<Mailing> {
  const service = await startHardened(database, settings)
  return { service, to: async (email) => service.smtp.to(email).toReversed() }
}
