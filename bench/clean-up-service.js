/**
 * A service in a process of its own that clears away from the word `begin` on until the word `end`: rows/clean-up.js says them.
 * `clean-up-service.js DATABASE`, with the secret in BIENVENUE_SECRET, sends its port, and after each word that it was done.
 */
import { createRequire } from 'node:module'
import { openService } from '../packages/server/dist/index.js'

const { pino } = createRequire(new URL('../packages/server/package.json', import.meta.url))('pino')

const database = process.argv[2] ?? ''
const secret = process.env['BIENVENUE_SECRET'] ?? ''
const log = pino(pino.destination({ dest: '/dev/null', sync: false }))
const service = await openService({ database, settings: { service: { secret }, http: { port: 0 } }, log })
const port = Number(new URL(await service.listen()).port)
let end = new AbortController()
let clearing = Promise.resolve()

process.on('message', async (word) => {
  if (word === 'begin') {
    end = new AbortController()
    clearing = service.auth.background.tidy(end.signal)
  } else {
    end.abort()
    await clearing
  }
  process.send?.('done')
})
process.send?.(port)
