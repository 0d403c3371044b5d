/** Step 14: logging out over HTTP. */
import { ask, withService } from '../kit.ts'

await withService(async (address) => {
  const fields = { email: 'bob@bob.com', password: 'mySuperPwd' }
  await ask(address, 'POST /users', { fields })
  const { cookie } = await ask(address, 'POST /sessions', { fields })

  const out = await ask(address, 'DELETE /sessions', { cookie })
  console.log('DELETE /sessions')
  console.log(out.status, 'Location:', out.headers['location'])
  console.log('Set-Cookie:', out.headers['set-cookie'])

  const again = await ask(address, 'DELETE /sessions', { cookie })
  console.log('DELETE /sessions, once more')
  console.log(again.status, again.body)
})
