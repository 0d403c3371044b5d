/**
 * How the service sees its visitors, for operators: a route that answers `bienvenue doctor` and is unknown to everybody else, and the
 * lines of the log that say it after a start.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Auth } from '../auth/auth.ts'
import type { Settings } from '../settings.ts'
import { DOCTOR_HEADER, DOCTOR_PATH, namesClient, ServiceView, viewOf } from './doctor-view.ts'
import { HttpError } from './errors.ts'
import { arrivals } from './front-door.ts'
import type { Arrival } from './front-door.ts'
import { networksFrom } from './source.ts'
import type { Network } from '../addresses.ts'

const MOST_WATCHED = 1000
const HEALTH: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz'])
const SCHEMA = { hide: true, response: { 200: ServiceView.extend({ nonce: z.string() }) } } // neither in openapi.json nor in an Allow

/** Adds the route, and says in the log what the service sees. */
export function openDoctor(app: FastifyInstance, auth: Auth, settings: Settings): void {
  const trusted = networksFrom(settings.http.trustedProxies)
  app.register(async (routes) => {
    routes.addHook('onRequest', (request, _reply, done) => {
      if (nonceOf(request, auth) === null) throw new HttpError('http.not_found') // before anything tells it from a path that is not there
      done()
    })
    routes.get(DOCTOR_PATH, { schema: SCHEMA }, (request) => ({
      ...viewOf(request, settings, trusted),
      nonce: nonceOf(request, auth),
    }))
    return Promise.resolve()
  })
  const isBehindNothing = settings.preset === 'classic' && trusted.length === 0 // then nothing that was passed on gets in
  const isLogged = 'level' in app.log // where no log was given, the framework has one without levels that writes nothing
  if (isLogged && !isBehindNothing) new FirstSight(app, settings, trusted).begin()
}

/** The nonce of the proof that a request bears, or null where it bears none that is good. */
function nonceOf({ method, headers }: FastifyRequest, auth: Auth): string | null {
  const proof = headers[DOCTOR_HEADER]
  return typeof proof === 'string' ? auth.doctor.check(`${method} ${DOCTOR_PATH}`, proof) : null
}

/**
 * Looks at requests after the start until it has said what there is to say, or has seen a thousand; then nothing of it is left in their
 * way. It says what the service sees of the first request, and of the first that came through a proxy; and once, when somebody sends
 * forwarding headers who is no trusted proxy.
 */
class FirstSight {
  readonly #app: FastifyInstance
  readonly #settings: Settings
  readonly #trusted: readonly Network[]
  #watched = 0
  #hasWarned = false
  #hasSeenProxy = false

  /** Prepares to look at the requests of this app. */
  constructor(app: FastifyInstance, settings: Settings, trusted: readonly Network[]) {
    this.#app = app
    this.#settings = settings
    this.#trusted = trusted
  }

  /** Begins to look. */
  begin(): void {
    arrivals.subscribe(this.#look)
    this.#app.addHook('onClose', async () => {
      this.#end()
      return Promise.resolve()
    })
  }

  /** Looks no more. */
  #end(): void {
    arrivals.unsubscribe(this.#look)
  }

  /** Looks at one request. Those who only ask whether we are alive are not counted: they come directly, and for ever. */
  readonly #look = (message: unknown): void => {
    const { request } = message as Arrival
    if (request.server.server !== this.#app.server || HEALTH.has(request.routeOptions.url)) return
    const view = viewOf(request, this.#settings, this.#trusted)
    const cameByProxy = view.peerIsTrusted && view.forwarding.length > 0
    if (this.#watched++ === 0 || (cameByProxy && !this.#hasSeenProxy)) this.#tell(view)
    this.#hasSeenProxy ||= cameByProxy
    if (!view.peerIsTrusted && view.forwarding.some(namesClient)) this.#warn(view)
    const isDone = this.#hasSeenProxy && this.#hasWarned
    if (isDone || this.#watched >= MOST_WATCHED) this.#end()
  }

  /** Says what is seen. */
  #tell({ client, peer, scheme, host, forwarding }: ServiceView): void {
    const way = client === peer ? 'directly' : `through ${peer}`
    const facts = { client, peer, scheme, host, forwarding }
    this.#app.log.info(facts, `first sight: client address ${client}, scheme ${scheme}, host ${host}, ${way}`)
  }

  /** Warns, once. */
  #warn({ peer, forwarding, preset }: ServiceView): void {
    if (this.#hasWarned || preset !== 'hardened') return
    this.#hasWarned = true
    const what = `${forwarding.filter(namesClient).join(', ')} came from ${peer}, which is no trusted proxy, and was not believed`
    const advice = `if it is your proxy, all people look like one: set BIENVENUE_TRUSTED_PROXIES=${peer}`
    this.#app.log.warn({ peer, forwarding }, `${what}; ${advice}`)
  }
}
