/** Step 16: making a token with which a forgotten password can be replaced. */
import { Auth, DB, ValueError } from 'bienvenue'

const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)

await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
console.log(await auth.getResetPasswordToken('bob@bob.com'))

try {
  console.log(await auth.getResetPasswordToken('unknown@email.com'))
} catch (error) {
  if (!(error instanceof ValueError)) throw error
  console.log('ValueError')
}

await auth.close()
await db.close()
