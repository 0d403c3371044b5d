/** A letter as tests send it. */
import type { OutgoingLetter } from '../../src/mail/mailer.ts'

/** A letter to Bob, or as said. */
export function letter(some: Partial<OutgoingLetter> = {}): OutgoingLetter {
  return {
    to: 'bob@example.com',
    subject: 'Reset your password',
    text: 'Follow this link:\nhttps://id.example.com/reset?token=1',
    html: '<!doctype html><html lang="en"><title>x</title><p><a href="https://id.example.com/reset?token=1">Go</a></p></html>',
    ...some,
  }
}
