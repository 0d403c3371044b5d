/** HTTP on top of Auth: requests in, answers out, and nothing else. Read the list of rooms and you know the service. */
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { fastify } from 'fastify'
import type { FastifyBaseLogger, FastifyHttpOptions, FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Auth } from '../auth/auth.ts'
import { settingsOf } from '../settings-list.ts'
import type { Settings } from '../settings.ts'
import { account } from './account.ts'
import { deletion } from './api/deletion.ts'
import { email } from './api/email.ts'
import { events } from './api/events.ts'
import { exported } from './api/export.ts'
import { health } from './api/health.ts'
import { password } from './api/password.ts'
import { profile } from './api/profile.ts'
import { reset } from './api/reset.ts'
import { session } from './api/session.ts'
import { mySessions, sessions } from './api/sessions.ts'
import { users } from './api/users.ts'
import { verification } from './api/verification.ts'
import { welcome } from './api/welcome.ts'
import { openBackstage } from './backstage.ts'
import { acceptBodies } from './bodies.ts'
import { openDoctor } from './doctor.ts'
import { AllowedOrigins } from './cors.ts'
import { errorPagesOf } from './error-pages.ts'
import { onError } from './errors.ts'
import { plainJson } from './headers.ts'
import { frontDoor } from './front-door.ts'
import { listenForOddities, onGarbage } from './garbage.ts'
import { pathOf } from './hosts.ts'
import { openInbox } from './inbox.ts'
import { language } from './language.ts'
import { links } from './links.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { PolicyReports } from './policy-reports.ts'
import { register } from './register.ts'
import { RequestLog } from './request-log.ts'
import { siteOf } from './site.ts'
import type { Site } from './site.ts'
import { answerUnknown } from './unknown.ts'
import { wellKnown } from './well-known.ts'

/** What an app may be given beyond Auth and settings. */
export interface AppOptions {
  /** Where to log; nowhere if left out. */
  readonly log?: FastifyBaseLogger
  /** The clock by which pages tell times; that of this machine if left out. */
  readonly now?: () => Date
}

const SLOW_CHECK_MS = 5000 // how often Node looks for requests that are too slow; by itself only every 30 s

/** The app over Auth. `await app.ready()`, then `app.listen()`, or hand requests to `app.routing(request, response)`. */
export function createApp(
  auth: Auth,
  settings: Settings = settingsOf('classic'),
  { log, now }: AppOptions = {},
): FastifyInstance {
  const { headers } = new PolicyReports(settings)
  const options: FastifyHttpOptions<Server> = {
    childLoggerFactory: (logger) => logger, // one for each request costs more than naming the request in the line
    bodyLimit: settings.http.bodyBytes,
    clientErrorHandler: onGarbage(headers),
    genReqId: () => randomUUID(),
    http: {
      connectionsCheckingInterval: SLOW_CHECK_MS,
      headersTimeout: settings.http.requestSeconds * 1000,
      requireHostHeader: false,
    }, // hosts.ts asks for it, in our words
    logController: new RequestLog(),
    requestTimeout: settings.http.requestSeconds * 1000,
    return503OnClosing: false,
    rewriteUrl: ({ url = '/' }) => pathOf(url),
    routerOptions: { ignoreTrailingSlash: true },
    ...(log !== undefined && { loggerInstance: log }),
  }
  const app = fastify(options)
  app.setErrorHandler(onError)
  app.server.maxHeadersCount = 0 // their size bounds them; beyond a count some Nodes drop headers silently, and a tale of forwarding with them
  listenForOddities(app.server, headers)
  registerRooms(app, auth, settings, now)
  return app
}

/** The front door, then the list of rooms. */
export function registerRooms(
  app: FastifyInstance,
  auth: Auth,
  settings: Settings,
  now = (): Date => new Date(),
): void {
  const home = `${new URL(settings.service.url ?? 'http://localhost').pathname.replace(/\/$/, '')}/`
  const site = siteOf(auth, settings, home)
  const { cookies } = site
  app.decorate('refusalPage', errorPagesOf(site)).decorate('languageCookie', site.languageCookie)
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  answerUnknown(app)
  acceptBodies(app)
  app.decorateRequest('source', '').decorateRequest('refusal', null)
  const apps = new AllowedOrigins(settings)
  app.addHook('onRequest', frontDoor(settings, apps))
  app.addHook('onSend', plainJson)
  apps.finish(app)
  new PolicyReports(settings).finish(app)
  openBackstage(app, settings)
  openDoctor(app, auth, settings)
  openInbox(app, site)
  app.register(welcome(site))
  app.register(users(auth), { prefix: '/users' })
  app.register(sessions(auth, cookies, home), { prefix: '/sessions' })
  app.register(mySessions(auth, cookies), { prefix: '/sessions' })
  app.register(profile(auth, cookies), { prefix: '/profile' })
  app.register(reset(auth), { prefix: '/reset_password' })
  app.register(verification(auth), { prefix: '/email_verification' })
  app.register(password(auth, cookies), { prefix: '/password' })
  app.register(email(auth, cookies), { prefix: '/email' })
  app.register(events(auth, cookies), { prefix: '/events' })
  app.register(exported(auth, cookies), { prefix: '/export' })
  app.register(deletion(auth, cookies), { prefix: '/users/me' })
  app.register(session(auth, cookies), { prefix: '/session' })
  app.register(health(auth))
  registerPages(app, site, now)
}

/** The pages for people. */
function registerPages(app: FastifyInstance, site: Site, now: () => Date): void {
  app.register(register(site))
  app.register(login(site))
  app.register(logout(site))
  app.register(links(site))
  app.register(account(site, now))
  app.register(language(site))
  app.register(wellKnown(site))
  site.assets.open(app)
}
