/** Asks a running service what it sees of a request, and explains whatever answers otherwise. */
import { DOCTOR_HEADER, DOCTOR_PATH, ServiceView } from '../app/doctor-view.ts'
import type { Doctor } from '../auth/doctor.ts'
import { CouldNot, UsageError } from './explain.ts'

/** What the service sees, and what else the answers tell. */
export interface Seen {
  readonly view: ServiceView
  /** Whether answers came out of a cache, or lost the header that forbids it. */
  readonly isCached: boolean
}

const PATIENCE_MS = 10_000
const LONGEST_ANSWER = 65_536
const PROXY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504])
const REASONS: Readonly<Record<string, string>> = {
  'http.misdirected':
    'the service is asked under a Host that is none of its names: let the proxy pass the Host on, or set BIENVENUE_URL or BIENVENUE_HOSTS',
  'http.forwarded_request': 'the service runs with classic, and classic takes nothing that came through a proxy',
  'http.remote_request': 'the service runs with classic, and classic answers this machine alone',
}

/**
 * The address that was given, without a slash at its end.
 * @throws {UsageError} for text that is no such address.
 */
export function serviceAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && url.username + url.password + url.search + url.hash === ''
  if (!isPlain || !/^https?:$/.test(url.protocol))
    throw new UsageError('doctor takes the address of the service, such as https://id.example.com')
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

/**
 * What the service at this address sees of our request.
 * @throws {CouldNot} where something else answers, or nothing, saying what that means.
 */
export async function askService(address: URL, doctor: Doctor): Promise<Seen> {
  const alive = await get(address, '/healthz', {})
  if (alive.status !== 200 || !alive.text.startsWith('{"status":"ok"')) throw new CouldNot(elsewhere(alive))
  const first = await askOnce(address, doctor)
  const second = await askOnce(address, doctor)
  return { view: second.view, isCached: first.isCached || second.isCached }
}

/** One answer of the doctor's route. */
async function askOnce(address: URL, doctor: Doctor): Promise<Seen> {
  const { proof, nonce } = doctor.prove(`GET ${DOCTOR_PATH}`)
  const answer = await get(address, DOCTOR_PATH, { [DOCTOR_HEADER]: proof })
  if (answer.status === 404)
    throw new CouldNot(
      'the service does not know us: it has another secret, its clock or ours is more than a minute wrong, or it is of an older release',
    )
  const json = answer.status === 200 ? parse(answer.text) : undefined
  const { success, data } = ServiceView.safeParse(json)
  if (!success) throw new CouldNot(elsewhere(answer))
  const isOurs = (json as { readonly nonce?: unknown }).nonce === nonce // a cache answers with that of somebody who asked before
  return { view: data, isCached: !isOurs || answer.headers.has('age') || !isUncached(answer.headers) }
}

/** Whether an answer still forbids caches to keep it. */
function isUncached(headers: Headers): boolean {
  return headers.get('cache-control')?.includes('no-store') === true
}

/** An answer, whole. */
interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Asks; nothing is followed. */
async function get(address: URL, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const answer = await fetch(`${address.href.replace(/\/$/, '')}${path}`, { headers, redirect: 'manual', signal })
    return { status: answer.status, headers: answer.headers, text: (await answer.text()).slice(0, LONGEST_ANSWER) }
  } catch (error) {
    const { cause, name } = error as { readonly cause?: { readonly code?: string }; readonly name: string }
    throw new CouldNot(`nothing answers at ${address.href} (${cause?.code ?? name})`)
  }
}

/** What an answer means that is not the service's. */
function elsewhere({ status, headers, text }: Answer): string {
  const to = headers.get('location')
  if (status >= 300 && status < 400)
    return `the address redirects to ${to ?? 'nowhere'}: ask there, and set BIENVENUE_URL to the address that answers`
  const { code = '' } = (parse(text) ?? {}) as { readonly code?: string }
  const reason = REASONS[code]
  if (reason !== undefined) return reason
  if (PROXY_ERRORS.has(status)) return `a proxy answers ${status}: it does not reach the service`
  return `something answers ${status} that is not the service: another program, or a proxy that does not take off the path before ours`
}

/** JSON as a value; undefined for what is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
