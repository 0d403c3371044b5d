/** Base64 as it must be written, to the last bit: text that merely decodes is no other way to write the same bytes. */

/** `padded` and `plain` are RFC 4648's without a difference but `=`, `urlsafe` its other alphabet, `adapted` passlib's, with `.` for `+`. */
export type Base64Form = 'padded' | 'plain' | 'urlsafe' | 'adapted'

/** The bytes of this text, or null where it is not exactly what writing them in this form gives: stray bits, wrong letters, bad padding. */
export function readBase64(text: string, form: Base64Form): Buffer | null {
  const bytes = Buffer.from(form === 'adapted' ? text.replaceAll('.', '+') : text, 'base64')
  return writeBase64(bytes, form) === text ? bytes : null
}

/** These bytes as text. */
export function writeBase64(bytes: Uint8Array, form: Base64Form): string {
  const padded = Buffer.from(bytes).toString(form === 'urlsafe' ? 'base64url' : 'base64')
  if (form === 'padded') return padded
  const plain = padded.replaceAll('=', '')
  return form === 'adapted' ? plain.replaceAll('+', '.') : plain
}

/** The bytes of lower-case hexadecimal text, or null for any other. */
export function readHex(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'hex')
  return bytes.toString('hex') === text ? bytes : null
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BCRYPT64 = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Bytes in bcrypt's own alphabet. */
export function writeBcrypt64(bytes: Uint8Array): string {
  return translate(writeBase64(bytes, 'plain'), BASE64, BCRYPT64)
}

/** The bytes of text in bcrypt's own alphabet, or null for any other. */
export function readBcrypt64(text: string): Buffer | null {
  return readBase64(translate(text, BCRYPT64, BASE64), 'plain')
}

/** Text with each letter of one alphabet replaced by that of another; what stands in neither becomes nothing that is read. */
function translate(text: string, from: string, to: string): string {
  return text.replace(/./gs, (letter) => (from.includes(letter) ? to.charAt(from.indexOf(letter)) : '?'))
}
