/** The preset hardened as a test needs it: a service with a real mail server beside it, and people who have come in by the front door. */
import { makeSecret } from '../../src/crypto/token.ts'
import type { Outside } from '../../src/service.ts'
import type { SomeSettings } from '../../src/settings.ts'
import { sessionOf } from './http.ts'
import type { Answer } from './http.ts'
import { startTestService } from './service.ts'
import type { TestService } from './service.ts'
import { linkIn, startSmtp } from './smtp.ts'
import type { TestSmtp } from './smtp.ts'

/** A password that the policy takes. */
export const PHRASE = 'violet ladder hums at noon'
/** Another one. */
export const OTHER_PHRASE = 'seven quiet harbours in fog'
/** The address under which the service is reached, as it stands in letters. */
export const URL_OF_SERVICE = 'https://id.example.test'

/** A service in the preset hardened, and its mail server. */
export interface HardenedService extends TestService {
  readonly smtp: TestSmtp
  /** The token in the latest letter to this address that has one, once there are so many letters. */
  tokenFor(email: string, letters?: number): Promise<string>
  /** Registers and verifies somebody. */
  settle(email: string, password?: string): Promise<void>
  /** Sets somebody's password by a link that is asked for and mailed. */
  setAnew(email: string, password: string): Promise<void>
  /** Logs somebody in, and returns the session. */
  logIn(email: string, password?: string): Promise<string>
}

/** The settings without which hardened does not start. */
export function hardenedSettings(smtpUrl: string, settings: SomeSettings = {}): SomeSettings {
  return {
    ...settings,
    service: { secret: makeSecret(), ...settings.service },
    mail: { smtpUrl, from: 'Example <accounts@example.test>', ...settings.mail },
  }
}

/** The token in a link. */
export function tokenIn(link: string): string {
  return new URL(link).searchParams.get('token') ?? ''
}

/** Starts a service in the preset hardened, with a mail server unless one is given. The test closes it. */
export async function startHardened(
  database: string,
  settings: SomeSettings = {},
  outside: Outside = {},
  given?: TestSmtp,
): Promise<HardenedService> {
  const smtp = given ?? (await startSmtp())
  const options = { preset: 'hardened', url: URL_OF_SERVICE } as const
  const service = await startTestService(database, hardenedSettings(smtp.url, settings), outside, options)
  const tokenFor = async (email: string, letters = 1): Promise<string> => {
    await service.auth.background.send()
    await smtp.waitFor(letters, email)
    return tokenIn(linkIn(smtp.to(email).findLast(({ text }) => text.includes('?token='))!))
  }
  const post = async (path: string, form: Record<string, string>, method = 'POST'): Promise<Answer> => {
    const answer = await service.send(method, path, { form })
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }
  return {
    ...service,
    smtp,
    tokenFor,
    settle: async (email, password = PHRASE) => {
      await service.auth.background.send()
      const before = smtp.to(email).length
      await post('/users', { email, password })
      await post('/email_verification', { token: await tokenFor(email, before + 1), password }, 'PUT')
    },
    setAnew: async (email, password) => {
      await service.auth.background.send()
      const before = smtp.to(email).length
      await post('/reset_password', { email })
      const form = { email, reset_token: await tokenFor(email, before + 1), new_password: password }
      await post('/reset_password', form, 'PUT')
    },
    logIn: async (email, password = PHRASE) => sessionOf(await post('/sessions', { email, password })) ?? '',
    close: async () => {
      await service.close()
      if (given === undefined) await smtp.close()
    },
  }
}
