/** Step 12: whose session is this? */
import { Auth, DB } from 'bienvenue'

const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)

await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
const sessionId = await auth.createSession('bob@bob.com')

console.log((await auth.getUserFromSessionId(sessionId))?.email)
console.log(await auth.getUserFromSessionId('nope'))
console.log(await auth.getUserFromSessionId(null))
console.log((await db.findUserBy({ sessionId: sessionId ?? '' })).email)

await auth.close()
await db.close()
