/** Attack on step 7: finding out who has an account, and sending forms that nobody expected. */
import { against, ask, withService } from '../kit.ts'
import { startOriginal } from '../original/app.ts'

const BOB = { email: 'bob@me.com', password: 'mySuperPwd' }

/** Asks whether Bob has an account, and leaves the password out. */
async function attack(address: string): Promise<void> {
  await ask(address, 'POST /users', { fields: BOB })
  const taken = await ask(address, 'POST /users', { fields: { email: 'bob@me.com', password: 'x' } })
  console.log('does Bob have an account?', taken.status, taken.body)
  const missing = await ask(address, 'POST /users', { fields: { email: 'eve@me.com' } })
  console.log('without a password:', missing.status, missing.body)
}

against('the original')
const original = await startOriginal()
await attack(original.address)
original.close()

against('ours')
await withService(attack)
