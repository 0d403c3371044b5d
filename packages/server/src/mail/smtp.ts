/** Hands letters to the mail server. */
import { randomUUID } from 'node:crypto'
import type { SMTPPoolOptions, SMTPPoolSentMessageInfo, Transporter } from 'nodemailer'
import { plainEmail, readSender } from './address.ts'
import type { LetterSender } from './address.ts'
import { LetterNotTaken, LetterRefused, LetterUncertain } from './mailer.ts'
import type { Mailer, OutgoingLetter } from './mailer.ts'
import { asRefusal } from './smtp-refusals.ts'
import { readConnection } from './smtp-settings.ts'
import type { SmtpConnection, SmtpSettings } from './smtp-settings.ts'

type Transport = Transporter<SMTPPoolSentMessageInfo, SMTPPoolOptions>

const MOST_CONNECTIONS = 4
const IDLE_MILLISECONDS = 10_000
const PATIENCE_MILLISECONDS = 40_000

/**
 * A mailer that connects at the first letter. No letter takes longer than the patience, in milliseconds, whatever the server does.
 * @throws {SettingsError} for settings that `checkSmtp` refuses.
 */
export function openSmtp(settings: SmtpSettings, patience = PATIENCE_MILLISECONDS): Mailer {
  return new SmtpMailer(readSender(settings.from), readConnection(settings), patience)
}

/** Keeps few connections, for as long as there are letters. */
class SmtpMailer implements Mailer {
  readonly #sender: LetterSender
  readonly #connection: SmtpConnection
  readonly #patience: number
  readonly #underWay = new Set<Promise<unknown>>()
  #transport: Promise<Transport> | undefined
  #isClosed = false

  /** Works with this server in the name of this sender; nothing is connected yet. */
  constructor(sender: LetterSender, connection: SmtpConnection, patience: number) {
    this.#sender = sender
    this.#connection = connection
    this.#patience = patience
  }

  /** Hands a letter over, within the patience. */
  async send(letter: OutgoingLetter): Promise<void> {
    if (this.#isClosed) throw new LetterNotTaken('The mailer is closed.')
    const address = plainEmail(letter.to)
    if (address === null) throw new LetterRefused('The letter is not to one plain address.')
    const sending = this.#deliver(letter, address)
    this.#underWay.add(sending)
    await sending.finally(() => this.#underWay.delete(sending))
  }

  /** Lets the letters under way go first, which takes no longer than the patience. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#underWay)
    ;(await this.#transport)?.close()
  }

  /** Sends to this address alone. Addresses go as objects: in a string a comma would make two of one. */
  async #deliver({ subject, text, html }: OutgoingLetter, address: string): Promise<void> {
    const { name, address: from, domain } = this.#sender
    this.#transport ??= openTransport(this.#connection, domain, this.#patience)
    const transport = await this.#transport
    const signal = AbortSignal.timeout(this.#patience) // the library's own time-outs do not see what trickles
    try {
      await transport.sendMail({
        envelope: { from, to: [address] },
        from: { name, address: from },
        to: { name: '', address },
        messageId: `<${randomUUID()}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no absence note comes back
        subject,
        text,
        html,
        signal,
      })
    } catch (error) {
      throw signal.aborted ? new LetterUncertain('The mail server took too long to take the letter.') : asRefusal(error)
    }
  }
}

/** The pool of connections. The library is big, so it is loaded where there is a letter to send. */
async function openTransport(connection: SmtpConnection, domain: string, patience: number): Promise<Transport> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    ...connection,
    pool: true,
    name: domain, // said in EHLO, where the default would tell the name of this machine
    maxConnections: MOST_CONNECTIONS,
    maxRequeues: 1, // a kept connection may have ended meanwhile
    idleTimeout: IDLE_MILLISECONDS,
    connectionTimeout: patience / 4, // sooner than the patience ends: who cannot be reached has certainly taken nothing
    greetingTimeout: patience / 4,
    socketTimeout: patience,
    dnsTimeout: patience / 4,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
