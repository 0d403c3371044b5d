/**
 * The service with a hasher that costs nothing, so that all the rest of it is what is measured: `cheap-service.js DATABASE HOW` listens
 * on a free port and prints it. `classic` is the preset as it is; `whole` has limits and known devices as well; `bare` is classic
 * without the audit, which no setting switches off.
 */
import { openService } from '../packages/server/dist/index.js'
import { CheapHasher } from '../packages/server/test/support/cheap-hasher.ts'

const [database = '', how] = process.argv.slice(2)
const isWhole = how === 'whole'
const settings = { http: { port: 0 }, limits: { on: isWhole }, devices: { known: isWhole } }
const service = await openService({ database, settings }, { hasher: new CheapHasher() })
if (how === 'bare') {
  service.auth.audit.note = async () => Promise.resolve(undefined) // the deed is done, and nobody writes it down
}
process.stdout.write(`listening on ${await service.listen()}\n`)
process.once('SIGTERM', () => process.exit(0)) // so that a profile of it is written
