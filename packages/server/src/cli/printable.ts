/** Text that others wrote, made fit for a terminal and for programs that print what they read. */

// Control signs move the cursor and start commands; direction signs make a line read otherwise than it is.
const UNFIT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** One line of text, in which every control and direction sign stands as its number, such as \u202e. */
export function printable(text: string): string {
  return text.replace(UNFIT, numbered)
}

/** The same for several lines. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n')
}

/** A value as JSON on one line. Where JSON leaves a control or direction sign as it is, its number stands, which means the same. */
export function jsonLine(value: unknown): string {
  return printable(JSON.stringify(value))
}

/** A sign as its number, as JSON writes it. */
function numbered(sign: string): string {
  return sign
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
