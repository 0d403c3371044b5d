/** Attack on step 2: looking users up by a reset token that is not there. */
import { DB } from 'bienvenue'
import { against } from '../kit.ts'
import { OriginalDB } from '../original/db.ts'

against('the original')
const original = new OriginalDB()
original.addUser('bob@bob.com', 'HashOfBob')
console.log('reset token null:', original.findUserBy({ reset_token: null }).email)
console.log('no attribute at all:', original.findUserBy({}).email)

against('ours')
const db = await DB.open('sqlite::memory:')
await db.addUser('bob@bob.com', 'HashOfBob')
const blanks = { null: { resetToken: null }, empty: { resetToken: '' }, 'a list': { resetToken: ['x'] } }
for (const [what, attributes] of Object.entries(blanks)) {
  console.log(`reset token ${what}:`, await found(attributes))
}
console.log('no attribute at all:', await found({}))
await db.close()

/** Whom ours finds, or its error's name. TypeScript would not let these values in; a caller in JavaScript can send them. */
async function found(attributes: object): Promise<string> {
  return db.findUserBy(attributes).then(
    ({ email }) => email,
    (error: unknown) => (error as Error).name,
  )
}
