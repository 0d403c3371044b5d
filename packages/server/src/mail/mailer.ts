/** What the service wants of whoever delivers its letters. */

/** A letter, written and addressed. */
export interface OutgoingLetter {
  /** One address and nothing else, its domain in A-labels. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Delivers letters. */
export interface Mailer {
  /**
   * Hands a letter to the mail server, and resolves once the server has taken it.
   * @throws {LetterRefused} when the server will never take it. @throws {LetterNotTaken} when another try may go better.
   * @throws {LetterUncertain} when it may have taken it.
   */
  send(letter: OutgoingLetter): Promise<void>
  /** Lets go of the mail server. Nothing may be sent afterwards. */
  close(): Promise<void>
}

/** The mail server refuses this letter for good, as for an address that does not exist. */
export class LetterRefused extends Error {
  override readonly name = 'LetterRefused'
}

/** The mail server did not take this letter now, or could not be reached. */
export class LetterNotTaken extends Error {
  override readonly name = 'LetterNotTaken'
}

/** The mail server did not say in time whether it took the letter: another try may send it twice. */
export class LetterUncertain extends Error {
  override readonly name = 'LetterUncertain'
}
