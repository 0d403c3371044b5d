/** The mail server that goes away under a storm on two services over one PostgreSQL. */
import { setTimeout as pause } from 'node:timers/promises'
import { PostgresServer } from '../support/postgres-server.ts'
import { startSmtp } from '../support/smtp.ts'
import type { ReceivedLetter } from '../support/smtp.ts'
import { inStorm } from './fault.ts'
import type { Load, Outcome } from './fault.ts'
import { LetterStorm } from './letter-storm.ts'
import { startNodes } from './nodes.ts'

/** Classic with its links mailed, as hardened mails them. */
const MAILED = {
  users: { verifyFirst: true, tellExistence: false },
  reset: { inResponse: false },
} as const

/** A storm in which the mail server is away for a while. */
export async function loseMail(load: Load): Promise<Outcome> {
  const server = await PostgresServer.make()
  const smtps = [await startSmtp()]
  const { port, url: smtpUrl } = smtps[0] ?? { port: 0, url: '' }
  try {
    const mail = { smtpUrl, from: 'accounts@example.test' }
    const nodes = await startNodes(server.url('postgres'), 2, { ...MAILED, mail })
    const letters = (): readonly ReceivedLetter[] => smtps.flatMap((smtp) => smtp.letters)
    const lose = async (): Promise<void> => {
      await smtps.at(-1)?.close()
      await pause(load.faultSeconds * 1000)
      smtps.push(await startSmtp({ port }))
    }
    return await inStorm(nodes, load, lose, (ports, clients) => new LetterStorm(ports, clients, letters))
  } finally {
    await smtps.at(-1)?.close()
    await server.remove()
  }
}
