/** Attack on step 4: guessing from a stolen hash, and a password of which bcrypt reads only a part. */
import { createHash } from 'node:crypto'
import { verify } from '@node-rs/bcrypt'
import { Auth, DB } from 'bienvenue'
import { hashPassword as ours, verifyPassword } from '../../packages/server/src/crypto/hashing.ts'
import { against, errorOf } from '../kit.ts'
import { hashPassword } from '../original/auth.ts'

console.log('Guessing at a stolen hash:')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const [plain, slow] = [sha256('sunshine'), await ours('sunshine', { name: 'bcrypt', cost: 12 })]
const rates = {
  fast: await guessesPerSecond(100_000, (guess) => sha256(guess) === plain),
  slow: await guessesPerSecond(2, async (guess) => verifyPassword(guess, slow)),
}
console.log('SHA-256, more than 20,000 guesses a second:', rates.fast > 20_000)
console.log('bcrypt at cost 12, fewer than 50 guesses a second:', rates.slow < 50)
console.log('one bcrypt guess costs more than 1,000 of SHA-256:', rates.fast / rates.slow > 1000)

const prefix = 'x'.repeat(72) // some programs hash a long prefix and the password together

console.log()
against('the original')
const hash = await hashPassword(`${prefix}the real password`)
console.log('72 letters and the real password:', await verify(`${prefix}the real password`, hash))
console.log('72 letters and any other end:', await verify(`${prefix}nonsense`, hash))

against('ours')
const db = await DB.open('sqlite::memory:')
const auth = new Auth(db)
const { message } = await errorOf(auth.registerUser('bob@bob.com', `${prefix}the real password`))
console.log('73 bytes and more:', message)
console.log('and when asked about the hash from above:', await verifyPassword(`${prefix}nonsense`, hash))
await auth.close()
await db.close()

/** How many guesses a second one core of this machine can try. */
async function guessesPerSecond(guesses: number, isRight: (guess: string) => boolean | Promise<boolean>) {
  const start = performance.now()
  for (let number = 0; number < guesses; number++) await isRight(`guess ${String(number)}`)
  return (guesses * 1000) / (performance.now() - start)
}
