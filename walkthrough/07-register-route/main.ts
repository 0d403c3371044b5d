/** Step 7: registering over HTTP. */
import { ask, withService } from '../kit.ts'

await withService(async (address) => {
  for (let time = 1; time <= 2; time++) {
    const fields = { email: 'bob@me.com', password: 'mySuperPwd' }
    const { status, body } = await ask(address, 'POST /users', { fields })
    console.log("POST /users -d 'email=bob@me.com' -d 'password=mySuperPwd'")
    console.log(status, body)
  }
})
