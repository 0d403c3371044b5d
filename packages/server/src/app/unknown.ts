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
    const allowed = path === '*' ? new Set([...methods.values()].flat()) : methodsOf(withoutSlash(path), methods)
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

/** The methods that a path takes: its own, or those of the one route whose pattern it fits, such as `/sessions/:id`. */
function methodsOf(path: string, methods: ReadonlyMap<string, string[]>): readonly string[] | undefined {
  const parts = path.split('/')
  const fits = (pattern: string): boolean => {
    const theirs = pattern.split('/')
    return (
      theirs.length === parts.length && theirs.every((part, index) => part.startsWith(':') || part === parts[index])
    )
  }
  return methods.get(path) ?? [...methods].find(([pattern]) => pattern.includes(':') && fits(pattern))?.[1]
}

/** A path without the one trailing slash that is tolerated. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
