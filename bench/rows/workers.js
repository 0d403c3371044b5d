/** What a second worker gives: session checks with `serve --workers 2` beside one process, with all cores for everybody. */
import { join } from 'node:path'
import { rateOf } from '../load.js'
import { ALL, memoryOf, pinThis } from '../machine.js'
import { get, logIn, startService } from '../service.js'
import { sideBySide } from '../side-by-side.js'
import { comparing } from '../table.js'

const CONNECTIONS = 32
const WARM_MS = 4000

/**
 * Measures both in turns, each on a database of its own.
 * @param {import('../table.js').World} world - Where and how long.
 * @returns {Promise<import('../table.js').Findings>} The row.
 */
async function measure({ folder, rounds, ms }) {
  pinThis(ALL)
  const contenders = []
  for (const workers of ['1', '2']) {
    const args = ['--workers', workers]
    const program = await startService(`sqlite:${join(folder, `${workers}.db`)}`, { cwd: folder, cores: ALL, args })
    const load = { port: program.port, request: get('/profile', await logIn(program.port)), connections: CONNECTIONS }
    await rateOf({ ...load, ms: WARM_MS })
    contenders.push({ name: workers, program, measure: async () => rateOf({ ...load, ms }) })
  }
  const figures = await sideBySide(contenders, rounds)
  const [one, two] = contenders.map(({ program }) => memoryOf(program.pid).toFixed(0))
  for (const { program } of contenders) await program.end()
  const words = {
    what: 'session checks a second on all cores, two workers',
    against: 'one process',
    note: `the load takes its part of the same cores; ${two} MB in all, against ${one} MB (PSS)`,
  }
  return { rows: [comparing(words, figures.compare('2', '1'))] }
}

/** The topic. */
export const workers = { name: 'workers', isShort: false, measure }
