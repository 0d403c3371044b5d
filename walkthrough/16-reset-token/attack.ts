/** Attack on step 16: reading reset tokens from a stolen table, and using an old one. The clock of our service is moved by hand. */
import { Auth, AuthError, DB } from 'bienvenue'
import { against, errorOf, rowsOf, withFile } from '../kit.ts'
import { OriginalAuth } from '../original/auth.ts'

against('the original')
const original = new OriginalAuth()
await original.registerUser('bob@bob.com', 'MyPwdOfBob')
original.getResetPasswordToken('bob@bob.com')
const [row] = original.db.stolen()
console.log('stolen:', row?.reset_token)
await original.updatePassword(row?.reset_token ?? '', 'PwdOfEve')
console.log('Eve logs in as Bob:', await original.validLogin('bob@bob.com', 'PwdOfEve'))

against('ours')
await withFile(async (path) => {
  const clock = { now: new Date() }
  const db = await DB.open(`sqlite:${path}`, { now: () => clock.now })
  const auth = new Auth(db)
  await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
  const token = await auth.getResetPasswordToken('bob@bob.com')
  const [stolen] = rowsOf(path, 'select id, purpose, mac from tokens')
  const { id, purpose, mac } = stolen as { id: string; purpose: string; mac: string }
  console.log('stolen:', id, 'purpose:', purpose, 'mac:', mac)
  for (const sent of [id, mac, `${id}.${mac}`]) {
    console.log('a reset with', sent, '→', await codeOf(auth.updatePassword(sent, 'PwdOfEve')))
  }
  const session = await auth.createSession('bob@bob.com')
  console.log('a session as a reset token →', await codeOf(auth.updatePassword(session ?? '', 'PwdOfEve')))
  clock.now = new Date(clock.now.getTime() + 60 * 60 * 1000)
  console.log('the real token, an hour later →', await codeOf(auth.updatePassword(token, 'PwdOfEve')))
  await auth.close()
  await db.close()
})

/** The code of the refusal that this ends with. */
async function codeOf(refused: Promise<unknown>): Promise<string> {
  const error = await errorOf(refused)
  return error instanceof AuthError ? error.code : error.message
}
