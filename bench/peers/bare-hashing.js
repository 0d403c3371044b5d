/**
 * The machine's own limit: `bare-hashing.js TIMES` checks the password of each hash that comes in as a line, so often, two at a time,
 * and prints how many milliseconds that took. Start it with UV_THREADPOOL_SIZE=2.
 */
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(new URL('../../packages/server/package.json', import.meta.url))
const { verify: verifyBcrypt } = require('@node-rs/bcrypt')
const { verify: verifyArgon2 } = require('@node-rs/argon2')

const PASSWORD = 'MyPwdOfBob'
const TOGETHER = 2
const times = Number(process.argv[2])

process.stdout.write('listening on pipe://127.0.0.1:0\n')
for await (const hash of createInterface({ input: process.stdin })) {
  const verify = async () => (hash.startsWith('$2') ? verifyBcrypt(PASSWORD, hash) : verifyArgon2(hash, PASSWORD))
  const start = performance.now()
  const work = async () => {
    for (let time = 0; time < times / TOGETHER; time++) if (!(await verify())) throw new Error('a wrong password')
  }
  await Promise.all(Array.from({ length: TOGETHER }, work))
  process.stdout.write(`${performance.now() - start}\n`)
}
