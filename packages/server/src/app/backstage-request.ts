/** What is shown of a request and of its answer: the words of the contract as they are, and nothing else that somebody could have typed. */
import { Stream } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { bounded, DOTS, shownToken } from '../backstage-secrets.ts'

/** A name and what is shown for it. */
export type Shown = readonly [name: string, value: string]

/** An answer as it is shown. */
export interface ShownAnswer {
  readonly status: number
  readonly headers: readonly Shown[]
  readonly body: readonly Shown[]
}

const MOST_FIELDS = 12
const PLAIN_FIELDS: ReadonlySet<string> = new Set(['email', 'message', 'type', 'title', 'status', 'code', 'detail'])
const SECRET_FIELDS: ReadonlySet<string> = new Set(['password', 'new_password'])
const HEADERS = ['content-type', 'location', 'allow', 'retry-after', 'www-authenticate'] as const
const BODY_TYPES = /^application\/(?:json|x-www-form-urlencoded)(?:; ?charset=utf-8)?$/i
const COOKIE = /^((?:__Host-)?session_id=)([^;]*)(.*)$/s

/** The path of the route. One that does not exist is made up by a stranger, perhaps of a password that went into the wrong place. */
export function shownPath({ routeOptions, is404 }: FastifyRequest): string {
  return is404 ? '(a path that is not there)' : (routeOptions.url ?? '').replace(/(?<=.)\/$/, '')
}

/** The headers of a request that matter here: what the body is, and the session. */
export function shownHeaders({ headers }: FastifyRequest): readonly Shown[] {
  const { 'content-type': type, cookie } = headers
  const session = cookie?.split('; ').flatMap((pair) => shownCookie(pair) ?? []) ?? []
  return [
    ...(type === undefined ? [] : [['content-type', BODY_TYPES.test(type) ? type : '(another type)'] as const]),
    ...session.slice(0, 2).map((value): Shown => ['cookie', value]),
  ]
}

/** The fields of a body. Names that we do not know are hidden as well: `curl -d password` makes a name of it. */
export function shownFields(body: unknown): readonly Shown[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body)
    .slice(0, MOST_FIELDS)
    .map(([name, value]) => shownField(name, value))
}

/** The answer: its status, the headers that say something here, and its body. */
export function shownAnswer(reply: FastifyReply, payload: unknown): ShownAnswer {
  const headers = HEADERS.flatMap((name): Shown[] => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [[name, bounded(String(value))]]
  })
  const cookies = [reply.getHeader('set-cookie') ?? []].flat().map(String)
  const session = cookies.flatMap((value): Shown[] => [['set-cookie', shownCookie(value) ?? DOTS]])
  return { status: reply.statusCode, headers: [...headers, ...session], body: shownBody(payload) }
}

/** A body before it was turned into bytes, or after. */
function shownBody(payload: unknown): readonly Shown[] {
  if (typeof payload === 'string') return payload === '' ? [] : shownText(payload)
  if (payload instanceof Uint8Array || payload instanceof Stream) return [['', '(bytes)']]
  return shownFields(payload)
}

/** A body as text: JSON by its fields, of anything else the length alone. */
function shownText(text: string): readonly Shown[] {
  try {
    return shownFields(JSON.parse(text))
  } catch {
    return [['', `(a page of ${text.length} characters)`]]
  }
}

/** A field by its name. */
function shownField(name: string, value: unknown): Shown {
  if (PLAIN_FIELDS.has(name)) return [name, plain(value)]
  if (SECRET_FIELDS.has(name)) return [name, DOTS]
  if (name === 'reset_token') return [name, typeof value === 'string' ? shownToken(value) : DOTS]
  if (name === 'remember') return [name, value === 'yes' || value === 'no' ? value : DOTS]
  if (name === 'field') return [name, typeof value === 'string' && isKnown(value) ? value : DOTS] // repeats a name that was sent
  return ['(another field)', DOTS]
}

/** Whether a name is one of the contract's. */
function isKnown(name: string): boolean {
  return name === 'email' || name === 'reset_token' || name === 'remember' || SECRET_FIELDS.has(name)
}

/** A value that is shown as it is: text or a number. */
function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? bounded(String(value)) : '(no text)'
}

/** A session cookie with its token as a fingerprint; null for another cookie. */
function shownCookie(text: string): string | null {
  const [, name, token, flags] = COOKIE.exec(text) ?? []
  return name === undefined || token === undefined ? null : `${name}${shownToken(token)}${bounded(flags ?? '')}`
}
