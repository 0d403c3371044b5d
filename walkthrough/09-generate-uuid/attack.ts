/** Attack on step 9: how much of an id is there to guess? Bits that are the same in thousands of ids need no guessing. */
import { makeSecret } from '../../packages/server/src/crypto/token.ts'
import { against } from '../kit.ts'
import { generateUuid } from '../original/auth.ts'

/** How many bits of these numbers differ between them. */
function changingBits(samples: readonly Buffer[]): number {
  const [first, ...rest] = samples
  if (first === undefined) return 0
  const changed = Buffer.alloc(first.length)
  for (const sample of rest) sample.forEach((byte, index) => (changed[index]! |= byte ^ first[index]!))
  return changed.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
}

const many = Array.from({ length: 2000 })

against('the original')
const uuids = many.map(() => Buffer.from(generateUuid().replaceAll('-', ''), 'hex'))
console.log('bits in a UUID: 128, bits that change:', changingBits(uuids))

against('ours')
const secrets = many.map(() => Buffer.from(makeSecret(), 'base64url'))
console.log('bits in a secret: 256, bits that change:', changingBits(secrets))
