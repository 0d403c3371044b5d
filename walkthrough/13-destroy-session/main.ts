/** Step 13: ending a person's sessions. */
import { Auth, DB } from 'bienvenue'

const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)

const bob = await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
const laptop = await auth.createSession(bob.email)
const phone = await auth.createSession(bob.email)
console.log((await auth.getUserFromSessionId(laptop))?.email)
console.log((await auth.getUserFromSessionId(phone))?.email)

await auth.destroySession(bob.id)
console.log(await auth.getUserFromSessionId(laptop))
console.log(await auth.getUserFromSessionId(phone))

await auth.close()
await db.close()
