/** Standard output that nobody reads any more: most parts of the command end with it, and those whose work is more than what they print do not. */

let isWorkBeyondOutput = false

/** Says that from now on what is under way is brought to its end, and ends with the exit code of that, whether or not anybody reads what is printed. */
export function goOnUnread(): void {
  isWorkBeyondOutput = true
}

/** Whether it is. */
export function goesOnUnread(): boolean {
  return isWorkBeyondOutput
}
