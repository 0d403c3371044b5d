/**
 * A service in a process of its own, for storms: the real one but for its hasher, which costs nothing, so that the database is what is
 * busy. It tells its port in its first line.
 */
import type { AddressInfo } from 'node:net'
import { openService } from 'bienvenue'
import { CheapHasher } from '../support/cheap-hasher.ts'

const [url = '', port = '0'] = process.argv.slice(2)
const settings = {
  service: { secret: process.env['BIENVENUE_SECRET'] ?? '' },
  http: { port: Number(port) },
  database: { url, connectSeconds: 2, statementSeconds: 3 },
}
const service = await openService({ settings }, { hasher: new CheapHasher() })
await service.listen()
process.stdout.write(`${String((service.app.server.address() as AddressInfo).port)}\n`)
process.once('SIGTERM', () => void service.close())
