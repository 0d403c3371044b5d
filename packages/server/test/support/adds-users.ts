/** A program that adds people to a database while others do the same: `adds-users.ts URL NAME COUNT`. */
import { DB } from '../../src/db/db.ts'

const [url = '', name = '', count = '0'] = process.argv.slice(2)
const db = await DB.open(url)
for (let index = 0; index < Number(count); index++) await db.addUser(`${name}${String(index)}@example.com`, 'hash')
await db.close()
