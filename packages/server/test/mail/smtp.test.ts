/** Sending letters: what arrives, to whom, and what a mail server can do to us. */
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { LetterRefused } from '../../src/mail/mailer.ts'
import type { Mailer } from '../../src/mail/mailer.ts'
import { openSmtp } from '../../src/mail/smtp.ts'
import type { SmtpSettings } from '../../src/mail/smtp-settings.ts'
import { linkIn, startSmtp } from '../support/smtp.ts'
import type { SmtpOptions, TestSmtp } from '../support/smtp.ts'
import { letter } from './letter.ts'

const endings: (() => Promise<void>)[] = []

async function start(options: SmtpOptions = {}): Promise<TestSmtp> {
  const smtp = await startSmtp(options)
  endings.unshift(async () => smtp.close())
  return smtp
}

function mailerFor(smtp: Pick<TestSmtp, 'url'>, settings: Partial<SmtpSettings> = {}, patience?: number): Mailer {
  const from = 'Example <accounts@example.org>'
  const mailer = openSmtp({ smtpUrl: smtp.url, from, caFile: null, ...settings }, patience)
  endings.unshift(async () => mailer.close())
  return mailer
}

async function failure(sending: Promise<void>): Promise<Error> {
  return sending.then(
    () => {
      throw new Error('the letter was taken')
    },
    (error: unknown) => {
      if (error instanceof Error) return error
      throw new TypeError('no error was thrown')
    },
  )
}

afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

describe('a letter', () => {
  test('arrives as text and as HTML, with the headers of an automatic letter and none that tell of us', async () => {
    const smtp = await start()
    await mailerFor(smtp).send(
      letter({ subject: 'Grüße', text: 'Straße\nhttps://id.example.com/x', html: '<p>Straße' }),
    )
    const [got] = await smtp.waitFor(1)
    expect(got).toMatchObject({ from: 'accounts@example.org', to: ['bob@example.com'], subject: 'Grüße' })
    expect([got!.text.trim(), got!.html.trim()]).toEqual(['Straße\nhttps://id.example.com/x', '<p>Straße'])
    expect(linkIn(got!)).toBe('https://id.example.com/x')
    expect(got!.client).toBe('example.org')
    const { from, to, messageId, date, headers } = got!.mail
    expect([from, to]).toEqual([
      { name: 'Example', address: 'accounts@example.org' },
      [{ name: '', address: 'bob@example.com' }],
    ])
    expect(messageId).toMatch(/^<[0-9a-f-]{36}@example\.org>$/)
    expect(Math.abs(Date.now() - Date.parse(date ?? ''))).toBeLessThan(60_000)
    expect(headers.map(({ key }) => key).sort()).toEqual(
      ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'].sort(),
    )
    expect(headers.find(({ key }) => key === 'auto-submitted')!.value).toBe('auto-generated')
  })

  test('keeps a long link whole', async () => {
    const smtp = await start()
    const link = `https://id.example.com/some/prefix/reset?token=${'x'.repeat(36)}.${'y'.repeat(43)}`
    await mailerFor(smtp).send(letter({ text: `Follow:\n${link}\nthen rest` }))
    expect(linkIn(smtp.letters[0]!)).toBe(link)
  })

  test('goes to the local part as written, and to a domain in A-labels', async () => {
    const smtp = await start()
    await mailerFor(smtp).send(letter({ to: "Bob+tag.o'x@Bücher.Example" }))
    expect(smtp.letters[0]!.to).toEqual(["Bob+tag.o'x@bücher.example"]) // as the test's server shows it
    expect(smtp.letters[0]!.raw).toContain("To: Bob+tag.o'x@xn--bcher-kva.example\r\n")
  })

  test('many at once go over few connections [ASVS 13.2.6]', async () => {
    const smtp = await start()
    const mailer = mailerFor(smtp)
    await Promise.all(Array.from({ length: 30 }, async (_, i) => mailer.send(letter({ to: `p${i}@example.com` }))))
    expect(new Set(smtp.letters.flatMap(({ to }) => to)).size).toBe(30)
    expect(smtp.connections).toBeLessThanOrEqual(4)
  })
})

describe('one letter has one recipient', () => {
  test.each([
    'a@b.test\r\nBcc: x@y.test',
    'a@b.test\nRCPT TO:<x@y.test>',
    'a@b.test>\r\nRCPT TO:<x@y.test',
    'a@b.test, c@d.test',
    'a@b.test,c@d.test',
    'a@b.test; c@d.test',
    'a@b.test c@d.test',
    '"evil@a.test x"@good.test', // CVE-2025-13033
    '"evil@a.test,"@good.test',
    '"a"@b.test',
    'x <a@b.test>',
    '<a@b.test>',
    '<a@b.test> NOTIFY=SUCCESS',
    'a@b.test> SIZE=1',
    'friends:a@b.test,c@d.test;',
    `${'g:'.repeat(2000)}a@b.test${';'.repeat(2000)}`, // CVE-2025-14874
    'a(c@d.test)@b.test',
    'a@b.test(\r\nBcc: x@y.test)',
    'a@[127.0.0.1]',
    'a@b.test\0',
    'a@b.test@c.test',
    'a%c.test@b.test@d.test',
    '',
  ])('%j is sent to nobody [ASVS 1.3.11]', async (to) => {
    const smtp = await start()
    const mailer = mailerFor(smtp)
    await expect(mailer.send(letter({ to }))).rejects.toThrow(LetterRefused)
    await mailer.send(letter())
    expect(smtp.letters.map((got) => got.to)).toEqual([['bob@example.com']])
  })

  test('a line end in the subject, the text or the name of the sender adds no header and no recipient [ASVS 1.3.11]', async () => {
    const smtp = await start()
    await mailerFor(smtp, { from: '"Example, Bcc: y@z.test; Ltd." <accounts@example.org>' }).send(
      letter({ subject: 'Hello\r\nBcc: x@y.test\r\n\r\nnew body', text: 'Text\r\n.\r\nRCPT TO:<x@y.test>\r\n' }),
    )
    const [got] = smtp.letters
    expect([smtp.letters.length, got!.to, got!.mail.bcc, got!.mail.cc]).toEqual([
      1,
      ['bob@example.com'],
      undefined,
      undefined,
    ])
    expect(got!.mail.from).toEqual({ name: 'Example, Bcc: y@z.test; Ltd.', address: 'accounts@example.org' })
    expect(got!.text).toContain('RCPT TO:<x@y.test>')
  })

  test.each(['{"path":"/etc/hostname"}', '{"path":"http://127.0.0.1:1/x"}', '{"href":"http://127.0.0.1:1/x"}'])(
    'no file and no page is read into it, even where its text is %s',
    async (json) => {
      const smtp = await start()
      await expect(mailerFor(smtp).send(letter({ text: JSON.parse(json) }))).rejects.toThrow(/EFILEACCESS|EURLACCESS/)
      expect(smtp.letters).toEqual([])
    },
  )
})

describe('the login', () => {
  const login = { user: 'accounts@example.org', password: 'p:ss/w@rd #%ü' }

  test('is that of the URL, decoded', async () => {
    const smtp = await start({ tls: 'starttls', login })
    await mailerFor(smtp).send(letter())
    expect(smtp.letters[0]).toMatchObject({ user: login.user, isEncrypted: true })
  })

  test('refused, it is worth another try, and tells nobody the password', async () => {
    const smtp = await start({ login })
    const url = smtp.url.replace('p%3Ass', 'wrong-secret')
    const error = await failure(mailerFor({ url }).send(letter()))
    expect(error).not.toBeInstanceOf(LetterRefused)
    expect(error.message).toBe('The mail server did not take the letter: EAUTH 535 at AUTH PLAIN')
    expect(Object.keys(error)).toEqual(['name'])
    expect(error.cause).toBeUndefined()
  })
})

describe('a refusal', () => {
  const words = '5.1.1 bob@example.com: s3cret words of a stranger'

  test.each([
    ['the recipient for good', { recipient: 550 }, 'EENVELOPE 550 at RCPT TO'],
    ['the recipient for good, by policy', { recipient: 554 }, 'EENVELOPE 554 at RCPT TO'],
    ['the letter for good', { data: 554 }, 'EMESSAGE 554 at DATA'],
  ])('of %s is a refusal for good', async (_what, answers, said) => {
    const smtp = await start({ answers: { ...answers, words } })
    const error = await failure(mailerFor(smtp).send(letter()))
    expect(error).toBeInstanceOf(LetterRefused)
    expect(error.message).toBe(`The mail server refuses this letter: ${said}`)
  })

  test.each([
    ['the recipient for now', { recipient: 450 }, 'EENVELOPE 450 at RCPT TO'],
    ['a recipient because we are not let in', { recipient: 530 }, 'EENVELOPE 530 at RCPT TO'],
    ['a recipient out of turn', { recipient: 503 }, 'EENVELOPE 503 at RCPT TO'],
    ['the letter for now', { data: 451 }, 'EMESSAGE 451 at DATA'],
    ['our sender', { sender: 550 }, 'EENVELOPE 550 at MAIL FROM'],
  ])('of %s is worth another try', async (_what, answers, said) => {
    const smtp = await start({ answers: { ...answers, words } })
    const mailer = mailerFor(smtp)
    const error = await failure(mailer.send(letter()))
    expect(error).not.toBeInstanceOf(LetterRefused)
    expect(error.message).toBe(`The mail server did not take the letter: ${said}`)
    expect(error.cause).toBeUndefined()
    smtp.answers = {}
    await mailer.send(letter())
    expect(smtp.letters).toHaveLength(1)
  })

  test('of one recipient is none of the next', async () => {
    const smtp = await start({ answers: { recipient: { address: 'gone@example.com', code: 550 } } })
    const mailer = mailerFor(smtp)
    await expect(mailer.send(letter({ to: 'gone@example.com' }))).rejects.toThrow(LetterRefused)
    await mailer.send(letter())
    expect(smtp.to('gone@example.com')).toEqual([])
    expect(smtp.to('BOB@example.com')).toHaveLength(1)
  })
})

describe('a mail server in trouble', () => {
  test('that never greets costs no more than our patience [ASVS 13.2.6]', async () => {
    const smtp = await start({ answers: { hangs: true } })
    const before = performance.now()
    const error = await failure(mailerFor(smtp, {}, 300).send(letter()))
    expect(performance.now() - before).toBeLessThan(2000)
    expect(error).not.toBeInstanceOf(LetterRefused)
    expect(error.message).toMatch(/took too long|ETIMEDOUT/)
  })

  test('that sends a little now and then, and never all, costs no more either [ASVS 13.2.6]', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined))
      socket.write('220 hello\r\n')
      setInterval(() => socket.write('250-wait\r\n'), 50).unref()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endings.push(async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
    const before = performance.now()
    const error = await failure(mailerFor({ url }, {}, 300).send(letter()))
    expect(error.message).toBe('The mail server took too long to take the letter.')
    expect(performance.now() - before).toBeLessThan(2000)
  })

  test('that is gone is worth another try, and gets the letter when it is back [ASVS 13.2.6]', async () => {
    const smtp = await start()
    const mailer = mailerFor(smtp)
    await mailer.send(letter())
    await smtp.close()
    const error = await failure(mailer.send(letter()))
    expect(error.message).toBe('The mail server did not take the letter: ESOCKET ECONNREFUSED at CONN')
    const back = await start({ port: smtp.port })
    await mailer.send(letter())
    expect(back.letters).toHaveLength(1)
  })
})

describe('closing', () => {
  test('lets the letters under way go first, and takes none afterwards [ASVS 13.2.6]', async () => {
    const smtp = await start()
    const mailer = mailerFor(smtp)
    const sending = mailer.send(letter())
    await mailer.close()
    expect(smtp.letters).toHaveLength(1)
    await sending
    await expect(mailer.send(letter())).rejects.toThrow('The mailer is closed.')
  })

  test('before the first letter needs no mail server', async () => {
    await mailerFor({ url: 'smtp://127.0.0.1:1' }).close()
  })
})
