/** A hashing process that misbehaves as the password tells it to: `hang` never answers, `die` ends the process, all else is right. */
import type { NumberedJob } from '../../src/crypto/hashing-process.ts'

process.on('disconnect', () => process.exit(0))
process.on('message', ({ number, job }: NumberedJob) => {
  const password = job.do === 'wrap' ? '' : job.password
  if (password === 'die') process.exit(1)
  if (password !== 'hang') process.send?.({ number, result: true })
})
