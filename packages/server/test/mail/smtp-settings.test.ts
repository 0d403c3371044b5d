/** The settings of mail: what cannot work is said at the start, without the password. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { SettingsError } from '../../src/errors.ts'
import { readSender } from '../../src/mail/address.ts'
import { checkSmtp, readConnection } from '../../src/mail/smtp-settings.ts'
import { CA_FILE } from '../support/smtp.ts'

const folder = mkdtempSync(join(tmpdir(), 'bienvenue-mail-'))
const good = { smtpUrl: 'smtp://user:s3cret@mail.example.com', from: 'accounts@example.org', caFile: null }

afterAll(() => rmSync(folder, { recursive: true }))

function refusalOf(settings: Partial<Parameters<typeof checkSmtp>[0]>): string {
  try {
    checkSmtp({ ...good, ...settings })
  } catch (error) {
    if (error instanceof SettingsError) return error.message
    throw error
  }
  return 'none'
}

describe('the mail server', () => {
  test.each([
    ['nothing', null, 'is needed to send letters'],
    ['no address', 'mail.example.com', 'is no address'],
    ['a password that was not encoded', 'smtp://user:s3cret#1@mail.example.com', 'is no address'],
    ['a port that is none', 'smtp://user:s3cret@mail.example.com:99999', 'is no address'],
    ['port 0', 'smtp://user:s3cret@mail.example.com:0', 'port 0'],
    ['another scheme', 'https://user:s3cret@mail.example.com', 'must begin with smtp:// or smtps://'],
    ['another scheme of one letter less', 'smt://user:s3cret@mail.example.com', 'must begin with smtp:// or smtps://'],
    ['a file', 'file:///etc/passwd', 'must begin with smtp:// or smtps://'],
    ['no host', 'smtp://', 'names no host'],
    ['no slashes', 'smtp:mail.example.com', 'must end after host and port'],
    ['a host that is no name', 'smtp://user:s3cret@mail_%41.example.com', 'names no host'],
    ['a path', 'smtp://user:s3cret@mail.example.com/x', 'must end after host and port'],
    ['parameters', 'smtp://user:s3cret@mail.example.com?tls.rejectUnauthorized=false', 'must end after host and port'],
    ['a fragment', 'smtp://user:s3cret@mail.example.com#x', 'must end after host and port'],
    ['a user without a password', 'smtp://s3cret@mail.example.com', 'both user and password'],
    ['a password without a user', 'smtp://:s3cret@mail.example.com', 'both user and password'],
    ['a sign % that stands alone', 'smtp://user:s3cret%@mail.example.com', 'write % as %25'],
    ['a line end', 'smtp://user:s3cret%0d%0aQUIT@mail.example.com', 'cannot be read'],
    ['NUL', 'smtp://user:s3cret%00@mail.example.com', 'cannot be read'],
  ])('cannot be %s, and the refusal does not repeat it', (_what, smtpUrl, said) => {
    const refusal = refusalOf({ smtpUrl })
    expect(refusal).toMatch(/^BIENVENUE_SMTP_URL: /)
    expect(refusal).toContain(said)
    expect(refusal).not.toMatch(/s3cret|example/)
  })

  test('is what the URL says, decoded', () => {
    expect(
      readConnection({ smtpUrl: 'smtps://a%40b.test:p%3A%2F%25@[2001:db8::1]:2465/', caFile: null }),
    ).toMatchObject({
      host: '2001:db8::1',
      port: 2465,
      secure: true,
      auth: { user: 'a@b.test', pass: 'p:/%' },
    })
    expect(readConnection({ smtpUrl: 'smtp://mail.example.com', caFile: null })).not.toHaveProperty('auth')
    expect(checkSmtp(good)).toEqual(good)
  })
})

describe('the sender', () => {
  test.each([
    null,
    '',
    'Example',
    'accounts@',
    'accounts@example.org, other@example.org',
    'Example <accounts@example.org>, other@example.org',
    'Example <accounts@example.org> <other@example.org>',
    'other@example.org <accounts@example.org>',
    'Example <"a b"@example.org>',
    'Example <accounts@example.org>\n',
    'Example\r\nBcc: x@y.test <accounts@example.org>',
    'accounts@example.org\r\nBcc: x@y.test',
    'Exa\u0000mple <accounts@example.org>',
    'Exa\u202emple <accounts@example.org>',
    `${'x'.repeat(101)} <accounts@example.org>`,
  ])('cannot be %j [ASVS 1.3.11]', (from) => {
    expect(refusalOf({ from })).toMatch(/^BIENVENUE_MAIL_FROM: /)
  })

  test.each([
    ['accounts@example.org', { name: '', address: 'accounts@example.org', domain: 'example.org' }],
    ['Example <accounts@example.org>', { name: 'Example', address: 'accounts@example.org', domain: 'example.org' }],
    ['<accounts@example.org>', { name: '', address: 'accounts@example.org', domain: 'example.org' }],
    ['"Example, Ltd." <a@b.test>', { name: 'Example, Ltd.', address: 'a@b.test', domain: 'b.test' }],
    [
      'Bücher <Konto@Bücher.Example>',
      { name: 'Bücher', address: 'Konto@xn--bcher-kva.example', domain: 'xn--bcher-kva.example' },
    ],
  ])('can be %s', (from, sender) => {
    expect(readSender(from)).toEqual(sender)
  })
})

describe('the authority', () => {
  test('is a file of certificates, each of which can be read', () => {
    const broken = join(folder, 'broken.pem')
    writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    const empty = join(folder, 'empty.pem')
    writeFileSync(empty, '')
    for (const caFile of [join(folder, 'none.pem'), folder, broken, empty]) {
      expect(refusalOf({ caFile })).toBe(
        `BIENVENUE_MAIL_CA_FILE: ${caFile} cannot be read, or holds no certificate (PEM)`,
      )
    }
    expect(refusalOf({ caFile: CA_FILE })).toBe('none')
  })
})
