/** Step 20: the whole story from outside, over HTTP, told by one function for each step. */
import { strict as assert } from 'node:assert'
import { ask, withService } from '../kit.ts'

const EMAIL = 'guillaume@holberton.io'
const PASSWD = 'b4l0u'
const NEW_PASSWD = 't4rt1fl3tt3'

await withService(async (address) => {
  await registerUser(address, EMAIL, PASSWD)
  await logInWrongPassword(address, EMAIL, NEW_PASSWD)
  await profileUnlogged(address)
  const sessionId = await logIn(address, EMAIL, PASSWD)
  await profileLogged(address, sessionId)
  await logOut(address, sessionId)
  const resetToken = await resetPasswordToken(address, EMAIL)
  await updatePassword(address, EMAIL, resetToken, NEW_PASSWD)
  await logIn(address, EMAIL, NEW_PASSWD)
})

/** Registers somebody. */
async function registerUser(address: string, email: string, password: string): Promise<void> {
  const { status, body } = await ask(address, 'POST /users', { fields: { email, password } })
  assert.equal(status, 200)
  assert.deepEqual(JSON.parse(body), { email, message: 'user created' })
  console.log('registerUser: ok')
}

/** Tries a wrong password, which must not get in. */
async function logInWrongPassword(address: string, email: string, password: string): Promise<void> {
  const { status } = await ask(address, 'POST /sessions', { fields: { email, password } })
  assert.equal(status, 401)
  console.log('logInWrongPassword: ok')
}

/** Asks for the profile of nobody. */
async function profileUnlogged(address: string): Promise<void> {
  const { status } = await ask(address, 'GET /profile')
  assert.equal(status, 403)
  console.log('profileUnlogged: ok')
}

/** Logs in, and resolves to the session id. */
async function logIn(address: string, email: string, password: string): Promise<string> {
  const { status, body, cookie } = await ask(address, 'POST /sessions', { fields: { email, password } })
  assert.equal(status, 200)
  assert.deepEqual(JSON.parse(body), { email, message: 'logged in' })
  assert.match(cookie, /^session_id=./)
  console.log('logIn: ok')
  return cookie.replace('session_id=', '')
}

/** Asks for the profile of who is logged in. */
async function profileLogged(address: string, sessionId: string): Promise<void> {
  const { status, body } = await ask(address, 'GET /profile', { cookie: `session_id=${sessionId}` })
  assert.equal(status, 200)
  assert.deepEqual(JSON.parse(body), { email: EMAIL })
  console.log('profileLogged: ok')
}

/** Logs out, which sends us to the front page. */
async function logOut(address: string, sessionId: string): Promise<void> {
  const { status, headers } = await ask(address, 'DELETE /sessions', { cookie: `session_id=${sessionId}` })
  assert.equal(status, 302)
  assert.equal(headers['location'], '/')
  const home = await ask(address, 'GET /')
  assert.deepEqual(JSON.parse(home.body), { message: 'Bienvenue' })
  console.log('logOut: ok')
}

/** Asks for a reset token, and resolves to it. */
async function resetPasswordToken(address: string, email: string): Promise<string> {
  const { status, body } = await ask(address, 'POST /reset_password', { fields: { email } })
  assert.equal(status, 200)
  const { reset_token: resetToken, ...rest } = JSON.parse(body) as { email: string; reset_token: string }
  assert.deepEqual(rest, { email })
  console.log('resetPasswordToken: ok')
  return resetToken
}

/** Sets a new password with the token. */
async function updatePassword(address: string, email: string, resetToken: string, password: string): Promise<void> {
  const fields = { email, reset_token: resetToken, new_password: password }
  const { status, body } = await ask(address, 'PUT /reset_password', { fields })
  assert.equal(status, 200)
  assert.deepEqual(JSON.parse(body), { email, message: 'Password updated' })
  console.log('updatePassword: ok')
}
