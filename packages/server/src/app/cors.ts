/** Which apps on other hosts may ask us out of a browser (CORS): those on the operator's list, to the letter, and nobody else. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { SettingsError } from '../errors.ts'
import { isLoopback } from '../settings-safety.ts'
import type { Settings } from '../settings.ts'

const NAME = 'BIENVENUE_HTTP_ALLOWED_ORIGINS'
const PREFLIGHT_SECONDS = 600 // an origin that is taken off the list is out as soon as this, in browsers that remember

/** The origins of apps whose pages may ask, and read what we answer. [ASVS 3.4.2] */
export class AllowedOrigins {
  readonly #origins: ReadonlySet<string>

  /**
   * Reads the list of the settings.
   * @throws {SettingsError} for an entry that no browser would send, or that could be anybody.
   */
  constructor({ http: { allowedOrigins } }: Settings) {
    for (const entry of allowedOrigins) refuseInexact(entry)
    this.#origins = new Set(allowedOrigins)
  }

  /** Whether a page of an app on the list sends this request. Two origins come as one text, which is on no list. */
  has({ headers: { origin } }: Pick<FastifyRequest, 'headers'>): boolean {
    return origin !== undefined && this.#origins.has(origin)
  }

  /** Lets a page on the list read the answer, whatever it will be. All other answers stay as they are. */
  open(request: FastifyRequest, reply: FastifyReply): void {
    const { origin } = request.headers
    if (origin !== undefined && this.has(request)) {
      reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' })
    }
  }

  /** Finishes the answers of an app: caches learn on what they depend, and browsers that ask for leave get it. */
  finish(app: FastifyInstance): void {
    if (this.#origins.size === 0) return
    app.addHook('onSend', (request, reply, payload, done) => {
      reply.header('vary', withOrigin(reply.getHeader('vary')))
      const leave = this.has(request) && asksForLeave(request) ? leaveFor(reply.getHeader('allow')) : null
      if (leave === null) done(null, payload)
      else {
        request.refusal = null
        reply.code(204).removeHeader('allow').removeHeader('content-type').headers(leave)
        done(null, null)
      }
    })
  }
}

/** Whether a browser asks what a page may send (a preflight), rather than sending it. */
function asksForLeave({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}

/** Leave to use the methods of a path, and the one header that our bodies need. Every OPTIONS is refused, at a path that is there with these methods. */
function leaveFor(methods: ReturnType<FastifyReply['getHeader']>): Readonly<Record<string, string>> | null {
  if (typeof methods !== 'string') return null
  return {
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  }
}

/** The value of `Vary` with `origin` in it. */
function withOrigin(given: ReturnType<FastifyReply['getHeader']>): string {
  const names = String(given ?? '').split(/, */)
  return [...new Set([...names.filter((name) => name !== ''), 'origin'])].join(', ')
}

/** Refuses what is not exactly the origin of one app as browsers write it, over TLS where it is not this machine. */
function refuseInexact(entry: string): void {
  const { origin, protocol, hostname } = URL.canParse(entry)
    ? new URL(entry)
    : { origin: 'null', protocol: '', hostname: '' }
  const isWeb = (protocol === 'https:' || protocol === 'http:') && !hostname.includes('*')
  if (isWeb && origin === entry && (protocol === 'https:' || isLoopback(hostname))) return
  const advice = isWeb && origin !== entry ? `; did you mean ${origin}?` : ''
  throw new SettingsError(
    `${NAME}: ${JSON.stringify(entry)} must be one origin, such as https://app.example.com: https, no path, no *${advice}`,
  )
}
