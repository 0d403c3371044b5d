/** Attack on step 5: two people register the same email in the same instant. */
import { Auth, DB } from 'bienvenue'
import { against } from '../kit.ts'
import { OriginalAuth } from '../original/auth.ts'

/** How many of these succeeded. */
async function winners(tries: readonly Promise<unknown>[]): Promise<number> {
  return (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled').length
}

against('the original')
const original = new OriginalAuth()
const both = ['password of bob', 'password of eve'].map(async (password) =>
  original.registerUser('bob@bob.com', password),
)
console.log('accounts made:', await winners(both))
console.log('rows for this email:', original.db.stolen().length)

against('ours')
const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)
const alike = ['password of bob', 'password of eve'].map(async (password) => auth.registerUser('bob@bob.com', password))
console.log('accounts made:', await winners(alike))
console.log('rows for this email:', (await auth.users.list(0, 10)).length)
await auth.close()
await db.close()
