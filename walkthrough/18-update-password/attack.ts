/** Attack on step 18: one token in two requests at the same moment, and a thief who is logged in already. */
import { Auth, DB } from 'bienvenue'
import { against } from '../kit.ts'
import { OriginalAuth } from '../original/auth.ts'

/** How many of these succeeded. */
async function winners(tries: readonly Promise<unknown>[]): Promise<number> {
  return (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled').length
}

against('the original')
const original = new OriginalAuth()
await original.registerUser('bob@bob.com', 'MyPwdOfBob')
const stolen = original.createSession('bob@bob.com')
const token = original.getResetPasswordToken('bob@bob.com')
const race = ['PwdOfBob', 'PwdOfEve'].map(async (password) => original.updatePassword(token, password))
console.log('resets that one token was good for:', await winners(race))
console.log('the session that Eve stole before:', original.getUserFromSessionId(stolen)?.email ?? 'nobody')

against('ours')
const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)
await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
const session = await auth.createSession('bob@bob.com')
const once = await auth.getResetPasswordToken('bob@bob.com')
const ourRace = ['PwdOfBob', 'PwdOfEve'].map(async (password) => auth.updatePassword(once, password))
console.log('resets that one token was good for:', await winners(ourRace))
console.log('the session that Eve stole before:', (await auth.getUserFromSessionId(session))?.email ?? 'nobody')
await auth.close()
await db.close()
