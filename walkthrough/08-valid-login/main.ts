/** Step 8: checking an email and a password. */
import { Auth, DB } from 'bienvenue'

const email = 'bob@bob.com'
const password = 'MyPwdOfBob'

const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)

await auth.registerUser(email, password)

console.log(await auth.validLogin(email, password))
console.log(await auth.validLogin(email, 'WrongPwd'))
console.log(await auth.validLogin('unknown@email.com', password))

await auth.close()
await db.close()
