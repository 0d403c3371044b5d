/** Step 11: logging in over HTTP. */
import { ask, withService } from '../kit.ts'

await withService(async (address) => {
  await ask(address, 'POST /users', { fields: { email: 'bob@bob.com', password: 'mySuperPwd' } })

  const right = await ask(address, 'POST /sessions', { fields: { email: 'bob@bob.com', password: 'mySuperPwd' } })
  console.log("POST /sessions -d 'email=bob@bob.com' -d 'password=mySuperPwd'")
  console.log(right.status, right.body)
  console.log('Set-Cookie:', right.headers['set-cookie'])

  const wrong = await ask(address, 'POST /sessions', { fields: { email: 'bob@bob.com', password: 'BlaBla' } })
  console.log("POST /sessions -d 'email=bob@bob.com' -d 'password=BlaBla'")
  console.log(wrong.status, wrong.body)
  console.log('WWW-Authenticate:', wrong.headers['www-authenticate'])
})
