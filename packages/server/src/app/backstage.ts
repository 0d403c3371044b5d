/**
 * The glass box: a page that shows live what the last requests did. It is there in classic alone, and only where the service can be
 * reached from this machine alone; elsewhere its paths are as unknown as any other.
 */
import { getCallSites } from 'node:util'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { placeOfRoute } from '../backstage-places.ts'
import { hasBackstage } from '../settings-safety.ts'
import type { Settings } from '../settings.ts'
import type { Audience } from './backstage-audience.ts'
import { sendOwnPage } from './pages/send.ts'
import { refuseStrangers } from './strangers.ts'

const PAGE = '/backstage'
const HIDDEN = { schema: { hide: true } } // neither in openapi.json nor in an Allow

/** Adds the routes under /backstage to an app whose settings allow it. Before the other routes, so that it knows where they stand. */
export function openBackstage(app: FastifyInstance, settings: Settings): void {
  if (!hasBackstage(settings)) return
  const place = noteRoutes(app)
  const loaded = { audience: null as Promise<Audience> | null }
  const audience = async (): Promise<Audience> => {
    loaded.audience ??= import('./backstage-audience.ts').then((module) => new module.Audience(app, place)) // only for those who ask
    return loaded.audience
  }
  app.addHook('preClose', async () => {
    const there = await loaded.audience
    there?.close()
  })
  app.register(
    async (routes) => {
      routes.addHook('onRequest', refuseStrangers(app, settings, PAGE))
      routes.get('/', HIDDEN, async ({ host }, reply) => sendOwnPage(reply, (await audience()).look(`http://${host}`)))
      routes.get('/events', HIDDEN, async (_request, reply) => {
        const stream = (await audience()).join()
        return reply.headers({ connection: 'close', 'content-type': 'text/event-stream' }).send(stream)
      })
      return Promise.resolve()
    },
    { prefix: PAGE },
  )
}

/** Notes in which file each route is declared, and returns what tells the place of a request's route. */
function noteRoutes(app: FastifyInstance): (request: FastifyRequest) => string {
  const routes = new Map<string | undefined, () => string>()
  app.addHook('onRoute', ({ url, method, routePath }) => {
    const files = getCallSites(40).map(
      ({ scriptName }) =>
        /\/(app\/(?:(?:api|account)\/[^/]+|links|asking|language|login|register|logout))\.[jt]s$/.exec(scriptName)?.[1],
    )
    const file = files.find((name) => name !== undefined)
    const [first = ''] = [method].flat()
    if (file !== undefined)
      routes.set(`${first} ${url}`, () => placeOfRoute(`${file}.ts`, first, routePath === '' ? '/' : routePath))
  })
  return ({ method, routeOptions: { url = '' } }) =>
    routes.get(`${method === 'HEAD' ? 'GET' : method} ${url}`)?.() ?? 'app/unknown.ts'
}
