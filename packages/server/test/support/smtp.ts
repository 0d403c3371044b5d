/** A real mail server on a free port, which keeps what it receives and answers as a test wants. */
import { AssertionError } from 'node:assert'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import PostalMime from 'postal-mime'
import type { Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerAuthentication, SMTPServerOptions, SMTPServerSession } from 'smtp-server'

const WAIT_MILLISECONDS = 10_000

/** The file of the authority that vouches for the server's certificate, for BIENVENUE_MAIL_CA_FILE. */
export const CA_FILE = pathOf('ca')

/** How the server is to be from the start. */
export interface SmtpOptions {
  /** The port; by default a free one. Give that of a closed server to let it come back. */
  readonly port?: number
  /** Whether it knows TLS: not at all, when the client asks for it, or from the first byte. */
  readonly tls?: 'none' | 'starttls' | 'implicit'
  /** Whose certificate it shows: its own, that of another machine, or one that has run out. */
  readonly certificate?: 'here' | 'elsewhere' | 'expired'
  /** Who may send; without it anybody. */
  readonly login?: { readonly user: string; readonly password: string }
  readonly answers?: SmtpAnswers
  /** More of the library's settings. */
  readonly more?: SMTPServerOptions
}

/** What the server answers otherwise than well. A test may change it at any time. */
export interface SmtpAnswers {
  /** The code for recipients, such as 550 for good or 450 for now; or only for one of them. */
  readonly recipient?: number | { readonly address: string; readonly code: number }
  /** The code for the sender. */
  readonly sender?: number
  /** The code once the letter has come. */
  readonly data?: number
  /** Never greets: whoever connects waits for ever. */
  readonly hangs?: boolean
  /** The words after each code. */
  readonly words?: string
}

/** A letter as it came, with its envelope. */
export interface ReceivedLetter {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** All of it, headers too, as postal-mime reads it. */
  readonly mail: Email
  /** All of it, as it came over the wire. */
  readonly raw: string
  /** Whether it came over TLS. */
  readonly isEncrypted: boolean
  /** Who logged in to send it, or null. */
  readonly user: string | null
  /** What the sending machine calls itself. */
  readonly client: string
}

/** A running mail server. The test closes it. */
export interface TestSmtp {
  readonly port: number
  /** For BIENVENUE_SMTP_URL, with user and password where there are any. */
  readonly url: string
  /** All letters, oldest first. A letter is here before its sender learns that it was taken. */
  readonly letters: ReceivedLetter[]
  /** How often somebody connected. */
  readonly connections: number
  answers: SmtpAnswers
  /** The letters whose envelope names this address, in any case. */
  to(address: string): ReceivedLetter[]
  /** Resolves with all letters once there are this many, or this many to an address; fails after ten seconds. */
  waitFor(count: number, address?: string): Promise<ReceivedLetter[]>
  /** Ends it at once, with all connections. */
  close(): Promise<void>
}

/** Starts a mail server on 127.0.0.1. */
export async function startSmtp(options: SmtpOptions = {}): Promise<TestSmtp> {
  const server = new RealSmtp(options)
  await server.listen()
  return server
}

/** The first web link of a letter's text, which is the one to follow. */
export function linkIn({ text }: { text: string }): string {
  const [link] = /https?:\/\/[^\s<>"]+/.exec(text) ?? []
  if (link === undefined) throw new Error(`no link in the letter: ${text}`)
  return link
}

class RealSmtp implements TestSmtp {
  readonly letters: ReceivedLetter[] = []
  answers: SmtpAnswers
  connections = 0
  port: number
  readonly #options: SmtpOptions
  readonly #server: SMTPServer
  #arrived: (() => void)[] = []

  constructor(options: SmtpOptions) {
    const { port = 0, tls = 'none', certificate = 'here', login, answers = {}, more } = options
    this.#options = options
    this.answers = answers
    this.port = port
    this.#server = new SMTPServer({
      secure: tls === 'implicit',
      key: readFileSync(pathOf('key')),
      cert: readFileSync(pathOf(certificate)),
      disabledCommands: [...(tls === 'starttls' ? [] : ['STARTTLS']), ...(login === undefined ? ['AUTH'] : [])],
      authOptional: login === undefined,
      allowInsecureAuth: true,
      disableReverseLookup: true, // the server would ask a name server who connects
      closeTimeout: 100,
      onConnect: (_session, done) => {
        this.connections += 1
        if (this.answers.hangs !== true) done()
      },
      onAuth: (auth, _session, done) => this.#logIn(auth, done),
      onMailFrom: (_address, _session, done) => done(this.#refusal(this.answers.sender)),
      onRcptTo: ({ address }, _session, done) => done(this.#refusal(this.#codeFor(address))),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          this.#take(Buffer.concat(chunks), session).then(() => done(this.#refusal(this.answers.data)), done)
        })
      },
      ...more,
    })
    this.#server.on('error', () => undefined) // of clients that go away or refuse the certificate
  }

  get url(): string {
    const { tls, login } = this.#options
    const scheme = tls === 'implicit' ? 'smtps' : 'smtp'
    const who = login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`
    return `${scheme}://${who}127.0.0.1:${this.port}`
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.port, '127.0.0.1', resolve)
    })
    this.port = (this.#server.server.address() as AddressInfo).port
  }

  to(address: string): ReceivedLetter[] {
    const wanted = address.toLowerCase()
    return this.letters.filter(({ to }) => to.some((one) => one.toLowerCase() === wanted))
  }

  async waitFor(count: number, address?: string): Promise<ReceivedLetter[]> {
    const deadline = AbortSignal.timeout(WAIT_MILLISECONDS)
    for (;;) {
      const letters = address === undefined ? this.letters : this.to(address)
      if (letters.length >= count) return letters
      await new Promise<void>((resolve, reject) => {
        this.#arrived.push(resolve)
        deadline.onabort = () => reject(new AssertionError({ message: `${letters.length} of ${count} letters came` }))
      })
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve))
  }

  async #take(raw: Buffer, { envelope, secure, user, hostNameAppearsAs }: SMTPServerSession): Promise<void> {
    if (this.answers.data !== undefined) return
    const mail = await PostalMime.parse(raw)
    this.letters.push({
      from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
      to: envelope.rcptTo.map(({ address }) => address),
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html ?? '',
      mail,
      raw: raw.toString('latin1'),
      isEncrypted: secure,
      user: typeof user === 'string' ? user : null,
      client: hostNameAppearsAs,
    })
    const arrived = this.#arrived
    this.#arrived = []
    for (const tell of arrived) tell()
  }

  #logIn(
    { username, password }: SMTPServerAuthentication,
    done: (error: Error | null, response?: { user: string }) => void,
  ): void {
    const { login } = this.#options
    if (login === undefined || username !== login.user || password !== login.password) {
      done(new Error(`no ${username ?? ''} with ${password ?? ''} here`)) // a server that tells all in its answer
    } else {
      done(null, { user: login.user })
    }
  }

  #codeFor(address: string): number | undefined {
    const { recipient } = this.answers
    if (typeof recipient !== 'object') return recipient
    return recipient.address.toLowerCase() === address.toLowerCase() ? recipient.code : undefined
  }

  #refusal(responseCode: number | undefined): Error | null {
    return responseCode === undefined
      ? null
      : Object.assign(new Error(this.answers.words ?? 'not now'), { responseCode })
  }
}

/** Where a certificate or the key is. */
function pathOf(name: string): string {
  return fileURLToPath(new URL(`./mail/${name}.pem`, import.meta.url))
}
