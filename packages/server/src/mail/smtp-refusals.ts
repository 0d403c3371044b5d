/** What a mail server's refusal means. Its own words are dropped: they repeat addresses, and a stranger may have chosen them. */
import type { NodemailerError } from 'nodemailer'
import { LetterNotTaken, LetterRefused } from './mailer.ts'

const FOR_GOOD = /^5(?!03)\d\d$/ // 503 is a session in disorder, RFC 5321
const NOT_LET_IN = /^53[0-9]$/ // of authentication, RFC 4954: our settings are wrong, not the letter
const ABOUT_THE_LETTER = ['RCPT TO', 'DATA']

/** Our own error in place of the library's: whether to try again, the codes and the command; no address, nothing secret. */
export function asRefusal(error: unknown): Error {
  const { code, originalCode, responseCode, command }: NodemailerError = error instanceof Error ? error : new Error()
  const reply = responseCode?.toString() ?? ''
  const isForGood = ABOUT_THE_LETTER.includes(command ?? '') && FOR_GOOD.test(reply) && !NOT_LET_IN.test(reply)
  const codes = [code, originalCode, reply].filter(isCode).join(' ') || 'unknown'
  const said = isCode(command) ? `${codes} at ${command}` : codes
  return isForGood
    ? new LetterRefused(`The mail server refuses this letter: ${said}`)
    : new LetterNotTaken(`The mail server did not take the letter: ${said}`)
}

/** Whether a word is one of the closed kind, such as ECONNREFUSED, 450 or RCPT TO, and so no text of a server. */
function isCode(word: string | undefined): word is string {
  return word !== undefined && /^[A-Z0-9_ -]{1,60}$/.test(word)
}
