/** Buttons that are pressed twice. Without a script a browser sends both, and shows what came of the second alone. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

const AGAIN_WITHIN_MS = 1000
const TOKEN_COOKIE = /(?:^|; )(?:__Host-)?(?:session_id|device)=./
const REPEATED = ['location', 'set-cookie', 'clear-site-data'] as const

interface Press {
  readonly reply: FastifyReply
  readonly done: Promise<unknown>
}

/**
 * Does what a form asks for once, and gives the second of two presses within a second the answer of the first: else it would say that
 * the password is wrong, which it is by then, or that one has to log in. It is a comfort for people, and no guard: it knows this process
 * alone, and every deed behind it is safe to ask for twice.
 */
export class Presses {
  readonly #latest = new Map<string, Press>()

  /** Answers, or repeats the answer, if that leads on. */
  async once(request: FastifyRequest, reply: FastifyReply, answer: () => Promise<FastifyReply>): Promise<FastifyReply> {
    if (request.method !== 'POST' || !isOneBrowser(request)) return answer()
    const key = keyOf(request)
    const earlier = this.#latest.get(key)
    await earlier?.done.catch(() => null)
    if (earlier?.reply.statusCode === 303) return repeat(earlier.reply, reply)
    const done = answer()
    const press = { reply, done }
    this.#latest.set(key, press)
    setTimeout(() => {
      if (this.#latest.get(key) === press) this.#latest.delete(key)
    }, AGAIN_WITHIN_MS).unref()
    return done
  }
}

/** Whether the request has a cookie that one browser alone has. Others, behind one address, may be two: each must get a session of its own. */
function isOneBrowser({ headers: { cookie = '' } }: FastifyRequest): boolean {
  return TOKEN_COOKIE.test(cookie)
}

/** By what two presses are the same: the browser, the form, and all that was typed into it; as a hash, for passwords are in it. */
function keyOf({ url, body, headers }: FastifyRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([headers.cookie, url, body]))
    .digest('base64')
}

/** Gives an answer that leads on once more. */
function repeat(earlier: FastifyReply, reply: FastifyReply): FastifyReply {
  for (const name of REPEATED) {
    const value = earlier.getHeader(name)
    if (value !== undefined) reply.header(name, value)
  }
  return reply.code(303).send()
}
