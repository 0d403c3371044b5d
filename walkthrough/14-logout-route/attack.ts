/** Attack on step 14, or rather its traps: what a browser's fetch makes of the redirect, and what the browser keeps. */
import { against, ask, withService } from '../kit.ts'
import { startOriginal } from '../original/app.ts'

const BOB = { email: 'bob@bob.com', password: 'mySuperPwd' }

/** Logs out with a fetch that follows the redirect, and looks at what is left. */
async function attack(address: string): Promise<void> {
  await ask(address, 'POST /users', { fields: BOB })
  const first = await ask(address, 'POST /sessions', { fields: BOB })
  const followed = await fetch(`${address}/sessions`, { method: 'DELETE', headers: { cookie: first.cookie } })
  console.log('a fetch that follows the redirect ends with:', followed.status, followed.statusText)
  const { status } = await ask(address, 'GET /profile', { cookie: first.cookie })
  console.log('the old cookie, sent again:', status)
  const second = await ask(address, 'POST /sessions', { fields: BOB })
  const out = await ask(address, 'DELETE /sessions', { cookie: second.cookie })
  console.log('the browser is told to forget it:', out.headers['set-cookie']?.includes('Max-Age=0') ?? false)
}

against('the original')
const original = await startOriginal()
await attack(original.address)
original.close()

against('ours')
await withService(attack)
