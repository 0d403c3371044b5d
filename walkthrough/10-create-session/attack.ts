/** Attack on step 10: reading session ids from a stolen table, and using them. */
import { Auth, DB } from 'bienvenue'
import { against, rowsOf, withFile } from '../kit.ts'
import { OriginalAuth } from '../original/auth.ts'

against('the original')
const original = new OriginalAuth()
await original.registerUser('bob@bob.com', 'MyPwdOfBob')
const laptop = original.createSession('bob@bob.com')
const [row] = original.db.stolen()
console.log('stolen:', row?.session_id)
console.log('whoever sends it is:', original.getUserFromSessionId(row?.session_id ?? null)?.email)
const phone = original.createSession('bob@bob.com')
console.log('Bob logs in on his phone:', original.getUserFromSessionId(phone)?.email)
console.log('and his laptop is now:', original.getUserFromSessionId(laptop)?.email ?? 'nobody')

against('ours')
await withFile(async (path) => {
  const db = await DB.open(`sqlite:${path}`)
  const auth = new Auth(db)
  await auth.registerUser('bob@bob.com', 'MyPwdOfBob')
  const onLaptop = await auth.createSession('bob@bob.com')
  const [stolen] = rowsOf(path, 'select id, mac from sessions')
  const { id, mac } = stolen as { id: string; mac: string }
  console.log('stolen:', id, 'mac:', mac)
  for (const sent of [id, mac, `${id}.${mac}`]) {
    console.log('whoever sends', sent, 'is:', (await auth.getUserFromSessionId(sent))?.email ?? 'nobody')
  }
  const onPhone = await auth.createSession('bob@bob.com')
  console.log('Bob logs in on his phone:', (await auth.getUserFromSessionId(onPhone))?.email)
  console.log('and his laptop is still:', (await auth.getUserFromSessionId(onLaptop))?.email ?? 'nobody')
  await auth.close()
  await db.close()
})
