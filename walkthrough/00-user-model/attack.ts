/** Attack on step 0: a program prints a user, into a log or into an answer. What does it give away? */
import { Auth, DB } from 'bienvenue'
import { against } from '../kit.ts'
import { OriginalAuth } from '../original/auth.ts'

against('the original')
const original = new OriginalAuth()
await original.registerUser('bob@bob.com', 'MyPwdOfBob')
original.createSession('bob@bob.com')
original.getResetPasswordToken('bob@bob.com')
console.log('the user:', { ...original.db.findUserBy({ email: 'bob@bob.com' }) })

against('ours')
const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)
await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
await auth.createSession('bob@bob.com')
await auth.getResetPasswordToken('bob@bob.com')
console.log('the user:', await db.findUserBy({ email: 'bob@bob.com' }))
await auth.close()
await db.close()
