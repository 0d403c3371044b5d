/** Attack on step 12: using a session id long after its owner has gone home. The clock of our service is moved by hand. */
import { Auth, DB } from 'bienvenue'
import { against } from '../kit.ts'
import { OriginalAuth } from '../original/auth.ts'

const HOUR = 60 * 60 * 1000

against('the original')
const original = new OriginalAuth()
await original.registerUser('bob@bob.com', 'MyPwdOfBob')
const old = original.createSession('bob@bob.com')
console.log('a session id found in an old log is:', original.getUserFromSessionId(old)?.email)
console.log('columns that could say how old it is:', Object.keys(original.db.stolen()[0] ?? {}).filter(isTime).length)

against('ours')
const clock = { now: new Date() }
const db = await DB.open('sqlite::memory:', { now: () => clock.now })
const auth = new Auth(db)
await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
const unused = await auth.createSession('bob@bob.com')
const busy = await auth.createSession('bob@bob.com')
for (let minutes = 0; minutes <= 60; minutes += 10) {
  clock.now = new Date(clock.now.getTime() + (minutes === 0 ? 0 : HOUR / 6))
  await auth.getUserFromSessionId(busy) // this one is used every ten minutes
}
console.log('unused for an hour:', (await auth.getUserFromSessionId(unused))?.email ?? 'nobody')
console.log('in use:', (await auth.getUserFromSessionId(busy))?.email ?? 'nobody')
for (let minutes = 0; minutes < 11 * 60; minutes += 10) {
  clock.now = new Date(clock.now.getTime() + HOUR / 6)
  await auth.getUserFromSessionId(busy)
}
console.log('in use for twelve hours:', (await auth.getUserFromSessionId(busy))?.email ?? 'nobody')
await auth.close()
await db.close()

/** Whether a column's name sounds like an instant. */
function isTime(name: string): boolean {
  return /_at$|time|date|expir/.test(name)
}
