/** Step 18: setting a new password with a reset token. */
import { Auth, DB, ValueError } from 'bienvenue'

const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)

await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
const token = await auth.getResetPasswordToken('bob@bob.com')
await auth.updatePassword(token, 'NewPwdOfBob')
console.log('Password updated')
console.log(await auth.validLogin('bob@bob.com', 'MyPwdOfBob'))
console.log(await auth.validLogin('bob@bob.com', 'NewPwdOfBob'))

try {
  await auth.updatePassword(token, 'AnotherPwd')
  console.log('Password updated')
} catch (error) {
  if (!(error instanceof ValueError)) throw error
  console.log('ValueError')
}

await auth.close()
await db.close()
