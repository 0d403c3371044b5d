/** CSV as we write it (RFC 4180), safe to open in a spreadsheet, and so that reading it gives back what was written. [ASVS 1.2.10] */

/** What a spreadsheet would take for a formula, or for the start of one; behind quotes of ours as well, so that each can be taken away again. */
const FORMULA = /^'*[=+\-@\t\r\0]/

/** A line of cells, with its end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`
}

/** A cell as it was before we wrote it. */
export function uncovered(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell
}

/** Text as a cell: in quotes where it needs them, and never a formula. */
function cellOf(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
