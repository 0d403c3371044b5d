/** Attack on step 11: a script that reads the cookie, another site that logs you in as somebody else, and a patient guesser. */
import { against, ask, withService } from '../kit.ts'
import { startOriginal } from '../original/app.ts'

const EVE = { email: 'eve@evil.example', password: 'EvesPwd' }
const FROM_ANOTHER_SITE = {
  origin: 'https://evil.example',
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
}

/** Logs in, first as a program does, then as a form on another site does, then with guesses. */
async function attack(address: string): Promise<void> {
  await ask(address, 'POST /users', { fields: EVE })
  const { headers } = await ask(address, 'POST /sessions', { fields: EVE })
  const flags = headers['set-cookie']?.split('; ').slice(1) ?? []
  console.log('a script on the page can read the cookie:', !flags.includes('HttpOnly'))
  console.log('the cookie says when other sites may send it along:', flags.includes('SameSite=Lax'))
  const forged = await ask(address, 'POST /sessions', { fields: EVE, headers: FROM_ANOTHER_SITE })
  console.log('a form on evil.example logs you in as Eve:', forged.status === 200, `(${String(forged.status)})`)
  const guesses = await Promise.all(
    ['123456', 'password', 'qwerty'].map((guess) =>
      ask(address, 'POST /sessions', { fields: { ...EVE, password: guess } }),
    ),
  )
  console.log('three wrong guesses:', guesses.map(({ status }) => status).join(' '))
}

against('the original')
const original = await startOriginal()
await attack(original.address)
original.close()

against('ours')
await withService(attack)
