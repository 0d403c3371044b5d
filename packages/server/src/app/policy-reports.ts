/** Where browsers tell what the content security policy kept from happening: at the operator's address, and nowhere where none is set. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { SettingsError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { ownOrigins } from './front-door.ts'
import { HEADERS } from './headers.ts'

const NAME = 'BIENVENUE_HTTP_CSP_REPORT_URL'
const MOST_LENGTH = 500 // it stands twice in the headers of each answer
const ENDS_A_VALUE = /[;,'"\\\s]/ // of these signs each would end the directive, the policy, or the string that the address stands in

/**
 * The address that policies name. The service takes no reports itself: anybody can send them, as many as they like. [ASVS 3.4.7]
 */
export class PolicyReports {
  readonly #address: string | null
  readonly #isSecure: boolean

  /**
   * Reads the setting.
   * @throws {SettingsError} for an address that is neither https nor of our own origin, or that would not stay one value in a header.
   */
  constructor(settings: Settings) {
    const { cspReportUrl: given } = settings.http
    this.#address = given === null ? null : readAddress(given, settings)
    this.#isSecure = settings.service.url?.startsWith('https:') === true
  }

  /** The headers that every answer bears, with the address in the policy. */
  get headers(): Readonly<Record<string, string>> {
    return this.#address === null ? HEADERS : { ...HEADERS, ...this.#added(HEADERS['content-security-policy']) }
  }

  /** Writes the address into the policy of every answer of an app, also of pages, which have policies of their own. */
  finish(app: FastifyInstance): void {
    if (this.#address === null) return
    app.addHook('onSend', (_request, reply, payload, done) => {
      reply.headers(this.#added(reply.getHeader('content-security-policy')))
      done(null, payload)
    })
  }

  /**
   * A policy that names the address, in the old way and in the new. The new one counts over https alone, and there makes some browsers
   * pass over the old: over http it would lose every report.
   */
  #added(policy: ReturnType<FastifyReply['getHeader']>): Readonly<Record<string, string>> {
    const address = this.#address ?? ''
    const named = `${String(policy)}; report-uri ${address}`
    if (!this.#isSecure) return { 'content-security-policy': named }
    return { 'content-security-policy': `${named}; report-to csp`, 'reporting-endpoints': `csp="${address}"` }
  }
}

/** The address as it stands in headers. */
function readAddress(given: string, settings: Settings): string {
  const { protocol, origin, href, username, password, hash } = new URL(given)
  const isOurs = ownOrigins(settings)(origin, settings.http.port)
  const isPlain = username + password + hash === '' && !ENDS_A_VALUE.test(href) && href.length <= MOST_LENGTH
  if ((protocol === 'https:' || isOurs) && isPlain) return href
  throw new SettingsError(
    `${NAME}: must be an https address, or one of the service's own origin: without user, password, fragment, and the signs ; , ' and 500 characters at the most`,
  )
}
