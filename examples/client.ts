/**
 * The well-known story from Node's fetch: register, guess, log in, look, log out, reset, log in again.
 * Run it with `node examples/client.ts [address]` while a service runs. Each run needs a database that has not heard the story yet.
 */
import { argv } from 'node:process'

const address = argv[2] ?? 'http://127.0.0.1:5000'
const email = 'guillaume@holberton.io'
const [password, newPassword] = ['b4l0u', 't4rt1fl3tt3']

/** Sends a request with these fields as a form, and this cookie. Redirects are shown, not followed. */
async function send(method: string, path: string, fields?: Record<string, string>, cookie?: string): Promise<Response> {
  return fetch(address + path, {
    method,
    redirect: 'manual',
    headers: cookie === undefined ? {} : { cookie },
    body: fields === undefined ? null : new URLSearchParams(fields),
  })
}

/** Prints a step and what came of it, and stops the story when that is not what it should be. */
function step(name: string, { status }: Response, expected: number): void {
  console.log(`${name}: ${String(status)}`)
  if (status !== expected) throw new Error(`expected ${String(expected)}`)
}

/** Logs in, and resolves to the cookie as it has to be sent. */
async function logIn(secret: string): Promise<string> {
  const answer = await send('POST', '/sessions', { email, password: secret })
  step('log in', answer, 200)
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

step('register', await send('POST', '/users', { email, password }), 200)
step('guess a password', await send('POST', '/sessions', { email, password: newPassword }), 401)
step('profile, logged out', await send('GET', '/profile'), 403)
const cookie = await logIn(password)
step('profile, logged in', await send('GET', '/profile', undefined, cookie), 200)
step('log out', await send('DELETE', '/sessions', undefined, cookie), 303) // 303 to a fetch, 302 to other programs
const asked = await send('POST', '/reset_password', { email })
step('ask for a reset token', asked, 200)
const { reset_token } = (await asked.json()) as { reset_token: string }
const reset = await send('PUT', '/reset_password', { email, reset_token, new_password: newPassword })
step('set a new password', reset, 200)
await logIn(newPassword)
console.log('the story is told')
