/** What refusals say to people. Programs are told which request to send; people are told what to type. */
import type { AuthError, AuthErrorCode } from '../../errors.ts'

const WORDS: Partial<Record<AuthErrorCode, string>> = {
  'verification.wrong_password': 'This is not the password that goes with this link.',
  'passwords.busy': 'Too many people are here right now. Try again in a few seconds.',
}

/** The sentence for a refusal. Nothing that was typed is in it. */
export function sentenceFor({ code, message }: AuthError): string {
  return WORDS[code] ?? (message === code ? 'That did not work. Try again.' : message)
}
