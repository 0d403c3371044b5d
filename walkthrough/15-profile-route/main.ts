/** Step 15: the profile of who is logged in. */
import { ask, withService } from '../kit.ts'

await withService(async (address) => {
  const fields = { email: 'bob@bob.com', password: 'mySuperPwd' }
  await ask(address, 'POST /users', { fields })
  const { cookie } = await ask(address, 'POST /sessions', { fields })

  const mine = await ask(address, 'GET /profile', { cookie })
  console.log('GET /profile -b session_id=…')
  console.log(mine.status, mine.body)

  const nope = await ask(address, 'GET /profile', { cookie: 'session_id=nope' })
  console.log('GET /profile -b session_id=nope')
  console.log(nope.status, nope.body)
})
