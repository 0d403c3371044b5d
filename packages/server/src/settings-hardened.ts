/** What hardened does not start without, and what it does not start with: every setting may be changed on its own, but for the floors. */
import { SettingsError } from './errors.ts'
import { readSender } from './mail/address.ts'
import { readConnection } from './mail/smtp-settings.ts'
import { readSecrets } from './settings-secrets.ts'
import { inWords, valuesIn } from './settings-values.ts'
import type { Settings } from './settings.ts'

/**
 * Stops hardened where it would not be what its name says. `more` are checks that hold for this start alone.
 * @throws {SettingsError} with a line for everything that is missing, weak or wrong.
 */
export function refuseHollow(settings: Settings, more: readonly (() => unknown)[] = []): void {
  if (settings.preset !== 'hardened') return
  const { mail } = settings
  const problems = [
    ...floorProblems(settings),
    ...urlProblems(settings.service.url),
    ...problemsOf(() => readSecrets(settings)),
    ...(mail.smtpUrl === null
      ? ['BIENVENUE_SMTP_URL: is needed to send letters, such as smtps://USER:PASSWORD@mail.example.com']
      : problemsOf(() => readConnection({ smtpUrl: mail.smtpUrl ?? '', caFile: mail.caFile }))),
    ...(mail.from === null
      ? ['BIENVENUE_MAIL_FROM: is needed to send letters, such as Example <accounts@example.com>']
      : problemsOf(() => readSender(mail.from ?? ''))),
    ...more.flatMap(problemsOf),
  ]
  if (problems.length > 0) throw new SettingsError(problems.join('\n'))
}

/** The floors that are lowered: switches must stand as in hardened, numbers may not be lower. */
function floorProblems(settings: Settings): readonly string[] {
  return valuesIn(settings).flatMap(({ env, setting, value }) => {
    const least = setting.hardened
    const holds = typeof least === 'number' ? Number(value) >= least : value === least
    if (setting.floor !== true || holds) return []
    const isNumber = typeof least === 'number'
    const what = isNumber ? `does not start below ${least}` : `starts with ${inWords(least)} alone`
    return [`${env}: is ${inWords(value)}, and hardened ${what}; leave it out${isNumber ? ', or raise it' : ''}`]
  })
}

/** What is wrong with the address of the service. It is not repeated: it may hold a password. */
function urlProblems(url: string | null): readonly string[] {
  if (url === null)
    return ['BIENVENUE_URL: is needed, such as https://id.example.com: links in letters are made from it']
  const { protocol, username, password, search, hash } = new URL(url)
  return [
    ...(protocol === 'https:'
      ? []
      : ['BIENVENUE_URL: must begin with https:// in hardened; cookies and links are for https alone']),
    ...(username + password + search + hash === ''
      ? []
      : ['BIENVENUE_URL: must be scheme, host, port and path alone: it becomes the beginning of links']),
  ]
}

/** What a check refuses, line by line; nothing when it passes. */
function problemsOf(check: () => unknown): readonly string[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n')
    throw error
  }
}
