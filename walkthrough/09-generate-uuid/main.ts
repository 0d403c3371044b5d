/** Step 9: making a UUID, and the token that we make of one. Both are private to the package, so this script reaches into its source. */
import { randomUUID } from 'node:crypto'
import { KeyRing, makeSecret } from '../../packages/server/src/crypto/token.ts'

console.log(randomUUID())

const keys = new KeyRing([makeSecret()])
const { token, stored } = keys.make('session', 1)
console.log(token)
console.log('parts:', token.split('.').length)
console.log('the stored id is the first of them:', stored.id === token.split('.')[0])
console.log('the stored text holds the second:', JSON.stringify(stored).includes(token.split('.')[1] ?? ''))
