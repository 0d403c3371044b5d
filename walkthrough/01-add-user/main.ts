/** Step 1: adding users to the storage. */
import { DB } from 'bienvenue'

const db = await DB.open('sqlite::memory:')

const user1 = await db.addUser('test@test.com', 'SuperHashedPwd')
console.log(user1.id)

const user2 = await db.addUser('test1@test.com', 'SuperHashedPwd1')
console.log(user2.id)

await db.close()
