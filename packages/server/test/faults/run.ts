/** Tries every fault under a full storm and prints what came of it as a table: `run.ts [CLIENTS] [CALM SECONDS] [FAULT SECONDS]`. */
import { FAULTS } from './faults.ts'

const [clients = 16, calmSeconds = 10, faultSeconds = 10] = process.argv.slice(2).map(Number)
const remarks: string[] = []
let failed = 0
console.log('| fault | acknowledged writes a second | seconds without service | acknowledged | lost | twice |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const { name, run } of FAULTS) {
  const outcome = await run({ clients, calmSeconds, faultSeconds })
  const { load, secondsWithout, acknowledged, lost, twice, odd, allAlive, notes = [] } = outcome
  console.log(`| ${[name, load, secondsWithout, acknowledged, lost, twice].join(' | ')} |`)
  const wrong = odd.slice(0, 5).map((line) => `odd answer: ${line}`)
  if (!allAlive) wrong.push('a service has ended')
  remarks.push(...[...notes, ...wrong].map((line) => `${name}: ${line}`))
  failed += lost + twice + odd.length + (allAlive ? 0 : 1)
}
for (const line of remarks) console.log(`\n${line}`)
process.exitCode = failed === 0 ? 0 : 1
