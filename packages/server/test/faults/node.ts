/**
 * A service in a process of its own, for storms: the real one but for its hasher, which costs nothing, so that the database is what is
 * busy. It tells its port in its first line, and sets its clock when it is told by how many milliseconds.
 */
import type { AddressInfo } from 'node:net'
import { openService } from 'bienvenue'
import type { SomeSettings } from '../../src/settings.ts'
import { CheapHasher } from '../support/cheap-hasher.ts'
import { moveClock, useMovedClock } from './moved-clock.ts'

useMovedClock()
const [url = '', port = '0', more = '{}'] = process.argv.slice(2)
const settings = {
  limits: { on: true }, // as in hardened
  ...(JSON.parse(more) as SomeSettings),
  service: { secret: process.env['BIENVENUE_SECRET'] ?? '' },
  http: { port: Number(port), trustedProxies: ['127.0.0.1'] },
  database: { url, connectSeconds: 2, statementSeconds: 3 },
}
const service = await openService({ settings }, { hasher: new CheapHasher() })
await service.listen()
process.on('message', (milliseconds) => {
  moveClock(Number(milliseconds))
})
process.stdout.write(`${String((service.app.server.address() as AddressInfo).port)}\n`)
process.once('SIGTERM', () => {
  process.disconnect?.() // else it would keep us here
  void service.close()
})
