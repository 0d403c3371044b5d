/** TLS to the mail server: required and verified, unless the server is on this machine. */
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { openSmtp } from '../../src/mail/smtp.ts'
import { readConnection } from '../../src/mail/smtp-settings.ts'
import { CA_FILE, startSmtp } from '../support/smtp.ts'
import type { SmtpOptions, TestSmtp } from '../support/smtp.ts'
import { letter } from './letter.ts'

const login = { user: 'accounts', password: 's3cret' }
const endings: (() => Promise<void>)[] = []

/** Starts a server, and counts how often somebody tries to log in. */
async function start(options: SmtpOptions): Promise<{ smtp: TestSmtp; logins: string[] }> {
  const logins: string[] = []
  const smtp = await startSmtp({
    login,
    ...options,
    more: {
      ...options.more,
      onAuth: ({ username = '' }, _session, done) => {
        logins.push(username)
        done(null, { user: username })
      },
    },
  })
  endings.unshift(async () => smtp.close())
  return { smtp, logins }
}

async function send(smtpUrl: string, caFile: string | null = null): Promise<void> {
  const mailer = openSmtp({ smtpUrl, from: 'accounts@example.org', caFile }, 5000)
  endings.unshift(async () => mailer.close())
  await mailer.send(letter())
}

/** The same server by an address that reaches this machine, and that the rule for loopback does not know. */
function asRemote({ url }: TestSmtp): string {
  return url.replace('127.0.0.1', '0.0.0.0')
}

afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

describe('a mail server elsewhere', () => {
  test('without TLS gets neither login nor letter [ASVS 12.3.1]', async () => {
    const { smtp, logins } = await start({ tls: 'none' })
    await expect(send(asRemote(smtp))).rejects.toThrow(/ETLS|EPROTOCOL/)
    await expect(send(asRemote(smtp), CA_FILE)).rejects.toThrow(/ETLS|EPROTOCOL/)
    await expect(send(asRemote(smtp).replace('smtp:', 'smtps:'), CA_FILE)).rejects.toThrow(/ESOCKET|ETLS/)
    expect([logins, smtp.letters]).toEqual([[], []])
  })

  test.each(['starttls', 'implicit'] as const)(
    'with a certificate of the named authority gets the letter, over TLS (%s)',
    async (tls) => {
      const { smtp, logins } = await start({ tls })
      await send(asRemote(smtp), CA_FILE)
      expect([logins, smtp.letters.map(({ isEncrypted }) => isEncrypted)]).toEqual([['accounts'], [true]])
    },
  )

  test.each([
    ['of an authority that nobody knows', 'here', null, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['for another machine', 'elsewhere', CA_FILE, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['that has run out', 'expired', CA_FILE, 'CERT_HAS_EXPIRED'],
  ] as const)(
    'with a certificate %s gets neither login nor letter [ASVS 12.3.2]',
    async (_what, certificate, caFile, code) => {
      for (const tls of ['starttls', 'implicit'] as const) {
        const { smtp, logins } = await start({ tls, certificate })
        await expect(send(asRemote(smtp), caFile)).rejects.toThrow(code)
        expect([logins, smtp.letters]).toEqual([[], []])
      }
    },
  )

  test('that speaks nothing newer than TLS 1.1 gets nothing', async () => {
    const more = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const { smtp, logins } = await start({ tls: 'implicit', more })
    await expect(send(asRemote(smtp), CA_FILE)).rejects.toThrow('The mail server did not take the letter')
    expect([logins, smtp.letters]).toEqual([[], []])
    expect(readConnection({ smtpUrl: smtp.url, caFile: null }).tls).toMatchObject({ minVersion: 'TLSv1.2' })
  })

  test('named with an authority is vouched for by that one alone, not by the public ones [ASVS 12.3.4]', () => {
    const { tls } = readConnection({ smtpUrl: 'smtps://mail.internal', caFile: CA_FILE })
    expect(tls?.ca).toEqual([readFileSync(CA_FILE, 'utf8').trim()])
  })

  test.each([
    'mail.example.com',
    '192.0.2.1',
    '[2001:db8::1]',
    'localhost.example.com',
    '0.0.0.0',
    '[::ffff:127.0.0.1]',
    '127.0.0.1.nip.test',
    'LOCALHOST',
  ])('is %s: TLS is required and verified [ASVS 12.3.1] [ASVS 12.3.2]', (host) => {
    const starttls = readConnection({ smtpUrl: `smtp://${host}`, caFile: null })
    expect(starttls).toMatchObject({ port: 587, secure: false, requireTLS: true, tls: { rejectUnauthorized: true } })
    const implicit = readConnection({ smtpUrl: `smtps://${host}`, caFile: null })
    expect(implicit).toMatchObject({ port: 465, secure: true, tls: { rejectUnauthorized: true } })
  })
})

describe('a mail server on this machine', () => {
  test.each(['none', 'starttls', 'implicit'] as const)(
    'gets the letter, over TLS where it knows TLS, whoever vouches for it (%s)',
    async (tls) => {
      const { smtp } = await start({ tls, certificate: 'expired' })
      await send(smtp.url)
      expect(smtp.letters.map(({ isEncrypted }) => isEncrypted)).toEqual([tls !== 'none'])
    },
  )

  test('is verified all the same where an authority is named', async () => {
    const { smtp: good } = await start({ tls: 'starttls' })
    await send(good.url, CA_FILE)
    expect(good.letters).toHaveLength(1)
    const { smtp: wrong, logins } = await start({ tls: 'starttls', certificate: 'elsewhere' })
    await expect(send(wrong.url, CA_FILE)).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID')
    const { smtp: plain, logins: more } = await start({ tls: 'none' })
    await expect(send(plain.url, CA_FILE)).rejects.toThrow()
    expect([wrong.letters, plain.letters, logins, more]).toEqual([[], [], [], []])
  })
})
