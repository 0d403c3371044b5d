/** Attack on step 13: coming back as somebody who has logged out, with a session id that is not there. */
import { Auth, DB } from 'bienvenue'
import { against } from '../kit.ts'
import { OriginalAuth } from '../original/auth.ts'

against('the original')
const original = new OriginalAuth()
const victim = await original.registerUser('bob@bob.com', 'MyPwdOfBob')
original.createSession('bob@bob.com')
original.destroySession(victim.id)
console.log('through Auth, which checks for null:', original.getUserFromSessionId(null)?.email ?? 'nobody')
console.log('where one forgot to check:', original.db.findUserBy({ session_id: null }).email)

against('ours')
const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)
const bob = await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
const laptop = await auth.createSession('bob@bob.com')
const phone = await auth.createSession('bob@bob.com')
const lost = await auth.sessions.find(phone)
if (lost !== null) await auth.sessions.close(lost)
console.log('Bob ends the session of a lost phone:', (await auth.getUserFromSessionId(phone))?.email ?? 'nobody')
console.log('and stays logged in on the laptop:', (await auth.getUserFromSessionId(laptop))?.email ?? 'nobody')
await auth.destroySession(bob.id)
const blank: object = { sessionId: null }
const found = await db.findUserBy(blank).then(
  ({ email }) => email,
  (error: unknown) => (error as Error).name,
)
console.log('where one forgot to check:', found)
await auth.close()
await db.close()
