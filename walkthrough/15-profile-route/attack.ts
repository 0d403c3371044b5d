/** Attack on step 15: slipping a second cookie to a browser, and reading a page from a cache. */
import { against, ask, withService } from '../kit.ts'
import { startOriginal } from '../original/app.ts'

/** Sends Eve's cookie before Bob's, as a sister domain of Eve's could make Bob's browser do, and looks at what caches are told. */
async function attack(address: string): Promise<void> {
  const cookies: string[] = []
  for (const email of ['eve@evil.example', 'bob@bob.com']) {
    await ask(address, 'POST /users', { fields: { email, password: 'mySuperPwd' } })
    const { cookie } = await ask(address, 'POST /sessions', { fields: { email, password: 'mySuperPwd' } })
    cookies.push(cookie)
  }
  const tossed = await ask(address, 'GET /profile', { cookie: cookies.join('; ') })
  const { email } = JSON.parse(tossed.body || '{}') as { email?: string }
  console.log("Bob's browser, with Eve's cookie slipped in:", tossed.status, email ?? 'nobody')
  const { headers } = await ask(address, 'GET /profile', { cookie: cookies[1] ?? '' })
  console.log('caches are told:', headers['cache-control'] ?? 'nothing')
}

against('the original')
const original = await startOriginal()
await attack(original.address)
original.close()

against('ours')
await withService(attack)
