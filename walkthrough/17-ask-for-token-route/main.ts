/** Step 17: asking for a reset token over HTTP. */
import { ask, withService } from '../kit.ts'

await withService(async (address) => {
  await ask(address, 'POST /users', { fields: { email: 'bob@bob.com', password: 'mySuperPwd' } })

  for (const email of ['bob@bob.com', 'unknown@email.com']) {
    const { status, body } = await ask(address, 'POST /reset_password', { fields: { email } })
    console.log(`POST /reset_password -d 'email=${email}'`)
    console.log(status, body)
  }
})
