/** One line of log for each request. */
import { LogController } from 'fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Writes our one line in the place of the framework's several, which hold the whole address. */
export class RequestLog extends LogController {
  /** Silences what the framework would log by itself. */
  constructor() {
    super({ disableRequestLogging: true })
  }

  /** Logs an answer with the path of its route, and the code of a refusal: never a query, a header or a body, nor a path that a stranger made up. [ASVS 16.2.5, 16.4.1] */
  override requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const { id: reqId, method, source, routeOptions } = request
    const { statusCode: status, elapsedTime } = reply
    const code = request.refusal ?? undefined // what is undefined is left out
    const ms = Math.round(elapsedTime * 10) / 10
    request.log.info({ reqId, method, path: routeOptions.url ?? 'unknown', status, code, ms, source }, 'answered')
  }
}
