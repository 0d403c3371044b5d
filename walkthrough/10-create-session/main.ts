/** Step 10: opening a session for an email. */
import { Auth, DB } from 'bienvenue'

const email = 'bob@bob.com'
const password = 'MyPwdOfBob'

const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)

await auth.registerUser(email, password)

console.log(await auth.createSession(email))
console.log(await auth.createSession('unknown@email.com'))

await auth.close()
await db.close()
