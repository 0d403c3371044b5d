/**
 * The service as a library, without HTTP: three lines to know who holds a session, then the classes one by one.
 * Run it with `node examples/library.ts` after `npm run build`. Its database is in memory, so it leaves nothing behind.
 */
import { Auth, AuthError, DB, NoResultFound, openService } from 'bienvenue'

// In an app: open the service once, then ask it who a session belongs to. Here nobody is logged in yet.
const { auth: ready, close } = await openService({ database: 'sqlite::memory:' })
const visitor = await ready.sessions.find('what the cookie session_id held')
console.log('visitor:', visitor === null ? 'a stranger' : visitor.user.email)
await close()

// The classes by themselves: a storage, and the rules over it.
const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)

const bob = await auth.registerUser('bob@example.com', 'correct horse')
console.log('registered:', bob.id, bob.email)

try {
  await auth.registerUser('BOB@example.com', 'another password') // another spelling of the same email
} catch (error) {
  if (!(error instanceof AuthError)) throw error
  console.log('refused:', error.message, `(${error.code})`)
}

console.log('wrong password:', await auth.validLogin(bob.email, 'wrong'))
console.log('right password:', await auth.validLogin(bob.email, 'correct horse'))

const session = await auth.createSession(bob.email)
console.log('session of:', (await auth.getUserFromSessionId(session))?.email)
await auth.destroySession(bob.id)
console.log('after logging out:', await auth.getUserFromSessionId(session))

const token = await auth.getResetPasswordToken(bob.email)
await auth.updatePassword(token, 'battery staple')
console.log('old password:', await auth.validLogin(bob.email, 'correct horse'))
console.log('new password:', await auth.validLogin(bob.email, 'battery staple'))

try {
  await db.findUserBy({ email: 'eve@example.com' })
} catch (error) {
  if (!(error instanceof NoResultFound)) throw error
  console.log('eve:', error.message)
}

await auth.close() // ends the hashing process; the storage was opened here, so it is closed here
await db.close()
