/** What is said where a table of people goes by another name than the one that was looked for. */

/** What to say of tables that may be meant: what they are called there, and for `--table`. */
export function tableHint(shown: readonly string[], names: readonly string[]): string {
  if (names.length === 0) return '--table says which table holds people'
  const [one = ''] = names
  return `it has ${shown.join(', ')}: say --table ${names.length === 1 ? one : 'with one of them'}`
}
