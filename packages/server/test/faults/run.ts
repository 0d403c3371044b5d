/** Tries every fault under a full storm and prints what came of it as a table: `run.ts [CLIENTS] [CALM SECONDS] [FAULT SECONDS]`. */
import { FAULTS } from './faults.ts'

const [clients = 16, calmSeconds = 10, faultSeconds = 10] = process.argv.slice(2).map(Number)
let failed = 0
console.log('| fault | acknowledged writes a second | seconds without service | acknowledged | lost | twice |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const { name, run } of FAULTS) {
  const { load, secondsWithout, acknowledged, lost, twice, odd, allAlive } = await run({
    clients,
    calmSeconds,
    faultSeconds,
  })
  console.log(`| ${[name, load, secondsWithout, acknowledged, lost, twice].join(' | ')} |`)
  for (const line of odd.slice(0, 5)) console.log(`odd answer: ${line}`)
  if (!allAlive) console.log('a service has ended')
  failed += lost + twice + odd.length + (allAlive ? 0 : 1)
}
process.exitCode = failed === 0 ? 0 : 1
