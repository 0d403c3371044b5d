/** The kinds of addresses of databases. */
import { resolve } from 'node:path'

/** Whether an address is that of PostgreSQL. */
export function isPostgres(url: string): boolean {
  return /^postgres(?:ql)?:/i.test(url)
}

/** The path of the database file that an address names, whole; null for a database in memory, and where the address names none. */
export function databaseFile(url: string): string | null {
  const path = /^sqlite:(?!:)(.+)$/s.exec(url)?.[1]
  return path === undefined ? null : resolve(path)
}
