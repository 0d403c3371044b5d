/** Bodies: forms and JSON, in UTF-8, each field once. Everything else is refused here, before any handler sees it. */
import type { FastifyInstance, FastifyRequest, preParsingHookHandler, preValidationHookHandler } from 'fastify'
import { HttpError } from './errors.ts'

type Fields = Record<string, unknown>

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Takes exactly two types of body. A framework's own parsers also take text/plain, other charsets, and broken text. [ASVS 3.5.1] */
export function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  accept(app, 'application/x-www-form-urlencoded', parseForm)
  accept(app, 'application/json', parseJson)
  app.addHook('onRoute', (route) => {
    if (route.schema?.body === undefined) return
    route.preParsing = refuseReadBody
    route.preValidation = nothingIsNoFields
  })
}

/** A body that someone has read before us never comes again: waiting for it would hang the request. */
const refuseReadBody: preParsingHookHandler = ({ raw }, _reply, _body, done) => {
  const isRead = raw.readableEnded && Number(raw.headers['content-length'] ?? 1) > 0
  done(isRead ? new Error('the body was read before the app saw it: mount the app before any body parser') : null)
}

/** No body is a body without fields: the refusal then names the first one. */
const nothingIsNoFields: preValidationHookHandler = (request, _reply, done) => {
  request.body ??= {}
  done()
}

/** Takes one type, in UTF-8 or without a word on the charset. */
function accept(app: FastifyInstance, type: string, parse: (text: string) => Fields): void {
  const exactly = new RegExp(`^${type}\\s*(?:;\\s*charset="?utf-8"?\\s*)?;?$`, 'i')
  app.addContentTypeParser(type, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (!exactly.test(request.headers['content-type'] ?? '')) throw new HttpError('http.unsupported_type')
    return Promise.resolve(body.length === 0 ? undefined : parse(decode(body))) // a DELETE may announce JSON and bring none
  })
}

/** Bytes as text. Broken UTF-8 would become U+FFFD, and then many different passwords would be one. */
function decode(body: Buffer): string {
  try {
    return UTF8.decode(body)
  } catch {
    throw new HttpError('http.invalid_body', { detail: 'The body is not valid UTF-8.' })
  }
}

/** A form as its fields. */
function parseForm(text: string): Fields {
  const fields = new Map<string, string>()
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const [name = '', ...rest] = pair.split('=')
    add(fields, decodeFormText(name), decodeFormText(rest.join('=')))
  }
  return Object.fromEntries(fields)
}

/** Notes a field, once. */
function add(fields: Map<string, string>, name: string, value: string): void {
  if (fields.has(name)) throw new HttpError('http.repeated_field', { field: name })
  fields.set(name, value)
}

/** Text of a form, where `+` is a space and `%E9` alone is broken. */
function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new HttpError('http.invalid_body', { detail: 'The form is not percent-encoded UTF-8.' })
  }
}

/** A flat JSON object as its fields. */
function parseJson(text: string): Fields {
  const parsed = parseJsonText(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new HttpError('http.invalid_body')
  const fields = new Map(Object.entries(parsed))
  if (countMembers(text) !== fields.size)
    throw new HttpError('http.repeated_field', { detail: 'Send each field once.' })
  for (const [field, value] of fields) {
    if (typeof value === 'string' && !value.isWellFormed())
      throw new HttpError('http.invalid_field', { field, detail: 'The text has half of a surrogate pair.' })
  }
  return Object.fromEntries(fields)
}

/** Any JSON. */
function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpError('http.invalid_body', { detail: 'The body is not valid JSON.' })
  }
}

/** How many members the object in this valid JSON text has. Of a field given twice the parser takes the last, and does not say so. */
function countMembers(text: string): number {
  let depth = 0
  let members = 0
  for (const [sign] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{[\]}:]/g)) {
    if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') depth--
    else if (sign === ':' && depth === 1) members++
  }
  return members
}
