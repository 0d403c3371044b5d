/** Step 5: registering a user, and refusing the same email a second time. */
import { Auth, DB, ValueError } from 'bienvenue'

const email = 'me@me.com'
const password = 'mySecuredPwd'

const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)

try {
  await auth.registerUser(email, password)
  console.log('successfully created a new user!')
} catch (error) {
  if (!(error instanceof ValueError)) throw error
  console.log(`could not create a new user: ${error.message}`)
}

try {
  await auth.registerUser(email, password)
  console.log('successfully created a new user!')
} catch (error) {
  if (!(error instanceof ValueError)) throw error
  console.log(`could not create a new user: ${error.message}`)
}

await auth.close()
await db.close()
