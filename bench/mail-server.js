/** A mail server on a free port that takes every letter and keeps none. It is a process of its own, so that its work disturbs no clock. */
import { SMTPServer } from 'smtp-server'

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onData: (stream, _session, done) => void stream.on('end', done).resume(),
})
server.on('error', () => undefined)
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address()
  process.stdout.write(`listening on smtp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
process.stdin.on('end', () => process.exit(0)).resume() // ends with whoever started it
