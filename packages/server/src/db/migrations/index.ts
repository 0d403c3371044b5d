/** All migrations in their order: append only, the same for both databases. There is no way down: backups go back. */
import type { Migration } from 'kysely/migration'
import type { Engine } from '../engine.ts'
import { users } from './0001-users.ts'
import { passwords } from './0002-passwords.ts'
import { sessions } from './0003-sessions.ts'
import { tokens } from './0004-tokens.ts'

/** The migrations by name, for an engine. */
export function migrationsFor({ addId }: Engine): Record<string, Migration> {
  return { '0001-users': users(addId), '0002-passwords': passwords, '0003-sessions': sessions, '0004-tokens': tokens }
}
