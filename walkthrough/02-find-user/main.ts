/** Step 2: finding users by their attributes. */
import { DB, InvalidRequestError, NoResultFound } from 'bienvenue'

const db = await DB.open('sqlite::memory:')

const user = await db.addUser('test@test.com', 'PwdHashed')
console.log(user.id)

const foundUser = await db.findUserBy({ email: 'test@test.com' })
console.log(foundUser.id)

try {
  const { id } = await db.findUserBy({ email: 'test2@test.com' })
  console.log(id)
} catch (error) {
  if (!(error instanceof NoResultFound)) throw error
  console.log('Not found')
}

const attributes = { noEmail: 'test@test.com' } // no such attribute
try {
  const { id } = await db.findUserBy(attributes as object)
  console.log(id)
} catch (error) {
  if (!(error instanceof InvalidRequestError)) throw error
  console.log('Invalid')
}

await db.close()
