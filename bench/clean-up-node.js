/**
 * A service in a process of its own that clears away from the word `begin` on until the word `end`: clean-up.js says them.
 * `clean-up-node.js DATABASE SECRET` sends its port, and after each word that it was done.
 */
import { createRequire } from 'node:module'
import { openService } from '../packages/server/dist/index.js'

const { pino } = createRequire(new URL('../packages/server/package.json', import.meta.url))('pino')

const [database = '', secret = ''] = process.argv.slice(2)
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
