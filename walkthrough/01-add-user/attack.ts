/** Attack on step 1: adding somebody's email a second time, as it is and in other spellings. */
import { DB } from 'bienvenue'
import { against, errorOf } from '../kit.ts'
import { OriginalDB } from '../original/db.ts'

const SPELLINGS = ['bob@bob.com', 'BOB@bob.com', 'bob@bob.com ', 'bob@ｂｏｂ.com'] // the last one in full-width letters

against('the original')
const original = new OriginalDB()
original.addUser('bob@bob.com', 'HashOfBob')
for (const email of SPELLINGS) console.log(`${JSON.stringify(email)} is user`, original.addUser(email, 'HashOfEve').id)

against('ours')
const db = await DB.open('sqlite::memory:')
await db.addUser('bob@bob.com', 'HashOfBob')
for (const email of SPELLINGS) {
  const { name } = await errorOf(db.addUser(email, 'HashOfEve'))
  console.log(`${JSON.stringify(email)} is refused: ${name}`)
}
await db.close()
