/** Attack on step 3: a form with more fields than the page has, passed on to `updateUser` as it came. */
import { DB } from 'bienvenue'
import { against, errorOf } from '../kit.ts'
import { OriginalDB } from '../original/db.ts'

against('the original')
const original = new OriginalDB()
const bob = original.addUser('bob@bob.com', 'HashOfBob')
original.updateUser(bob.id, { email: 'bob@new.com', session_id: 'eve-knows-this' })
console.log('who has the session that Eve chose:', original.findUserBy({ session_id: 'eve-knows-this' }).email)

against('ours')
const db = await DB.open('sqlite::memory:')
const { id } = await db.addUser('bob@bob.com', 'HashOfBob')
for (const extra of [{ sessionId: 'eve-knows-this' }, { id: 7 }, { emailVerified: true }]) {
  const form = { email: 'bob@new.com', ...extra }
  const { name, message } = await errorOf(db.updateUser(id, form))
  console.log(`${name}: ${message}`)
}
console.log('and nothing was changed:', (await db.findUserBy({ id })).email)
await db.close()
