/** The kinds of addresses of databases. */

/** Whether an address is that of PostgreSQL. */
export function isPostgres(url: string): boolean {
  return /^postgres(?:ql)?:/i.test(url)
}
