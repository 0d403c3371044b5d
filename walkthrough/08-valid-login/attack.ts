/** Attack on step 8: finding out with a clock who has an account. */
import { Auth, DB } from 'bienvenue'
import { against } from '../kit.ts'
import { OriginalAuth } from '../original/auth.ts'

const TRIES = 4
type ValidLogin = (email: string, password: string) => Promise<boolean>

/** How long one wrong login for this email takes, in milliseconds. */
async function timeOf(validLogin: ValidLogin, email: string): Promise<number> {
  const start = performance.now()
  await validLogin(email, 'WrongPwd')
  return performance.now() - start
}

/**
 * Says whether the time tells a known email from an unknown one: more than three times as long, or less than a third.
 * It tries both in turns, and takes the quickest of each, which is the one that other programs disturbed least.
 */
async function judge(validLogin: ValidLogin): Promise<void> {
  const times = { known: Infinity, unknown: Infinity }
  for (let tried = 0; tried < TRIES; tried++) {
    times.known = Math.min(times.known, await timeOf(validLogin, 'bob@bob.com'))
    times.unknown = Math.min(times.unknown, await timeOf(validLogin, 'unknown@email.com'))
  }
  const { known, unknown } = times
  console.log(`known ${known.toFixed(2)} ms, unknown ${unknown.toFixed(2)} ms`)
  console.log('the clock tells who has an account:', known / unknown > 3 || unknown / known > 3)
}

against('the original')
const original = new OriginalAuth()
await original.registerUser('bob@bob.com', 'MyPwdOfBob')
await judge(async (email, password) => original.validLogin(email, password))

against('ours')
const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)
await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
await judge(async (email, password) => auth.validLogin(email, password))
await auth.close()
await db.close()
