/** Requests to which no route answers: a method that the path does not take, or a path that is not there. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuse } from './errors.ts'
import { pathOf } from './hosts.ts'

/** Notes the routes as they are added, so that 405 and its `Allow` can never differ from what is there. [ASVS 4.1.4, 13.4.4] */
export function answerUnknown(app: FastifyInstance): void {
  const methods = new Map<string, string[]>()
  app.addHook('onRoute', ({ path, method, schema }) => {
    if (schema?.hide === true) return // nobody is to learn of it by asking for another method
    const plain = withoutSlash(path)
    methods.set(plain, [...new Set([...(methods.get(plain) ?? []), ...[method].flat()])])
  })
  const answer = ({ originalUrl }: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = pathOf(originalUrl).replace(/[?#].*$/s, '')
    const allowed = path === '*' ? new Set([...methods.values()].flat()) : methods.get(withoutSlash(path))
    if (allowed === undefined) return refuse(reply, 'http.not_found')
    return refuse(reply.header('allow', [...allowed].join(', ')), 'http.method_not_allowed')
  }
  app.setNotFoundHandler(answer)
  app.addHook('preParsing', (request, reply, _body, done) => {
    if (request.is404)
      answer(request, reply) // before anyone looks at a body that nobody asked for
    else done()
  })
}

/** A path without the one trailing slash that is tolerated. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
