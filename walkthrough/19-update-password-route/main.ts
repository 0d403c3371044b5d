/** Step 19: setting a new password over HTTP. */
import { ask, withService } from '../kit.ts'

await withService(async (address) => {
  const email = 'bob@bob.com'
  await ask(address, 'POST /users', { fields: { email, password: 'mySuperPwd' } })
  const asked = await ask(address, 'POST /reset_password', { fields: { email } })
  const { reset_token } = JSON.parse(asked.body) as { reset_token: string }

  for (let time = 1; time <= 2; time++) {
    const fields = { email, reset_token, new_password: 'myNewPwd' }
    const { status, body } = await ask(address, 'PUT /reset_password', { fields })
    console.log("PUT /reset_password -d 'email=bob@bob.com' -d 'reset_token=…' -d 'new_password=myNewPwd'")
    console.log(status, body)
  }
})
