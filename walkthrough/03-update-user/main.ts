/** Step 3: changing a user. */
import { DB, ValueError } from 'bienvenue'

const db = await DB.open('sqlite::memory:')

const { id } = await db.addUser('test@test.com', 'PwdHashed')
console.log(id)

try {
  await db.updateUser(id, { hashedPassword: 'NewPwd' })
  console.log('Password updated')
} catch (error) {
  if (!(error instanceof ValueError)) throw error
  console.log('Error')
}

await db.close()
