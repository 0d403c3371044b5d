/** For those who watch over the service: is it alive, and can it work? */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { HttpError } from '../errors.ts'
import { refusal } from './fields.ts'

const Alive = z.object({ status: z.literal('ok') }).describe('Yes.')

/** The routes /healthz and /readyz. */
export const health =
  (auth: Auth): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/healthz',
      { schema: { tags: ['health'], summary: 'Whether the service is alive', response: { 200: Alive } } },
      async () => Promise.resolve({ status: 'ok' as const }),
    )
    const ready = {
      tags: ['health'],
      summary: 'Whether the database answers',
      response: { 200: Alive, 503: refusal('The database does not answer.') },
    }
    app.get('/readyz', { schema: ready }, async () => {
      if (!(await auth.isReady())) throw new HttpError('http.unavailable')
      return { status: 'ok' as const }
    })
    return Promise.resolve()
  }
