/** Step 4: hashing a password. The helper is private to the package, so this script reaches into its source. */
import { hashPassword, verifyPassword } from '../../packages/server/src/crypto/hashing.ts'

const first = await hashPassword('Hello Holberton', { name: 'bcrypt', cost: 12 })
const second = await hashPassword('Hello Holberton', { name: 'bcrypt', cost: 12 })
console.log(first)
console.log(second)
console.log('the same text:', first === second)
console.log('the same password:', await verifyPassword('Hello Holberton', second))
