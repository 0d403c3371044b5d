/** A miniature of the original's app, as naive as the original was. Made to be attacked: never build on it. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OriginalAuth } from './auth.ts'

/** What a route gets. */
interface Request {
  readonly form: URLSearchParams
  readonly sessionId: string | null
}

/** What a route answers: a status, a body, and headers of its own. */
interface Answer {
  readonly status: number
  readonly body?: object
  readonly headers?: Record<string, string>
}

type Route = (auth: OriginalAuth, request: Request) => Answer | Promise<Answer>

/** The field of a form that must be there; without it the program crashes, and the client sees a 500. */
function field(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (value === null) throw new Error(`no field ${name}`) // naive: nothing tells the client which field it was
  return value
}

/** `POST /users`. */
const register: Route = async (auth, { form }) => {
  const email = field(form, 'email')
  const password = field(form, 'password')
  try {
    await auth.registerUser(email, password)
    return { status: 200, body: { email, message: 'user created' } }
  } catch {
    return { status: 400, body: { message: 'email already registered' } } // naive: tells any stranger who has an account
  }
}

/** `POST /sessions`. */
const login: Route = async (auth, { form }) => {
  const email = field(form, 'email')
  if (!(await auth.validLogin(email, field(form, 'password')))) return { status: 401 }
  const cookie = `session_id=${String(auth.createSession(email))}; Path=/` // naive: scripts on the page can read it
  return { status: 200, body: { email, message: 'logged in' }, headers: { 'set-cookie': cookie } }
}

/** `DELETE /sessions`. */
const logout: Route = (auth, { sessionId }) => {
  const user = auth.getUserFromSessionId(sessionId)
  if (user === null) return { status: 403 }
  auth.destroySession(user.id) // naive: the browser keeps its cookie
  return { status: 302, headers: { location: '/' } } // naive: to a fetch this means DELETE /
}

/** `GET /profile`. */
const profile: Route = (auth, { sessionId }) => {
  const user = auth.getUserFromSessionId(sessionId)
  return user === null ? { status: 403 } : { status: 200, body: { email: user.email } }
}

/** `POST /reset_password`. */
const askForToken: Route = (auth, { form }) => {
  const email = field(form, 'email')
  try {
    return { status: 200, body: { email, reset_token: auth.getResetPasswordToken(email) } } // naive: to whoever asks
  } catch {
    return { status: 403 }
  }
}

/** `PUT /reset_password`. */
const setPassword: Route = async (auth, { form }) => {
  const email = form.get('email') // naive: repeated in the answer, and compared with nothing
  try {
    await auth.updatePassword(form.get('reset_token'), field(form, 'new_password')) // naive: null where there is none
    return { status: 200, body: { email, message: 'Password updated' } }
  } catch {
    return { status: 403 }
  }
}

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /': () => ({ status: 200, body: { message: 'Bienvenue' } }), // naive: whatever Host the request names
  'POST /users': register,
  'POST /sessions': login,
  'DELETE /sessions': logout,
  'GET /profile': profile,
  'POST /reset_password': askForToken,
  'PUT /reset_password': setPassword,
}

/** The first cookie called session_id, as common libraries read it. */
function sessionIdIn({ headers }: IncomingMessage): string | null {
  return /(?:^|; )session_id=([^;]*)/.exec(headers.cookie ?? '')?.[1] ?? null // naive: of two, the first
}

/** Answers one request. */
async function answer(auth: OriginalAuth, request: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const form = new URLSearchParams(Buffer.concat(chunks).toString())
  const path = request.url ?? '/'
  const route = ROUTES[`${request.method ?? ''} ${path}`]
  if (route !== undefined) return route(auth, { form, sessionId: sessionIdIn(request) })
  return { status: Object.keys(ROUTES).some((key) => key.endsWith(` ${path}`)) ? 405 : 404 }
}

/** The original, listening: its address, its rules (and through them its table), and its end. */
export interface OriginalService {
  readonly address: string
  readonly auth: OriginalAuth
  readonly close: () => void
}

/** Starts the original on a free port of this machine. */
export async function startOriginal(): Promise<OriginalService> {
  const auth = new OriginalAuth()
  const server = createServer((request, response) => {
    answer(auth, request)
      .catch((): Answer => ({ status: 500 }))
      .then(({ status, body, headers = {} }) => {
        const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
        response.writeHead(status, { ...type, ...headers }).end(body === undefined ? '' : JSON.stringify(body))
      })
      .catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${String(port)}`, auth, close: () => server.close().closeAllConnections() }
}
