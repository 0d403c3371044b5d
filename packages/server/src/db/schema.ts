/** What the tables hold. Rows of these shapes never leave db/. Instants are milliseconds since 1970. */
import type { Generated } from 'kysely'

interface UsersTable {
  id: Generated<number>
  /** As it was written at registration. */
  email: string
  /** The canonical form, unique. */
  email_key: string
  email_verified_at: number | null
  created_at: number
}

interface PasswordsTable {
  user_id: number
  hash: string
  set_at: number
}

interface SessionsTable {
  id: string
  mac: string
  key_id: string
  user_id: number
  created_at: number
  used_at: number
  /** How long it may lie unused, in milliseconds. */
  idle_ms: number
  expires_at: number
}

interface TokensTable {
  id: string
  purpose: string
  mac: string
  key_id: string
  user_id: number
  created_at: number
  expires_at: number
}

/** All tables by name. */
export interface Schema {
  users: UsersTable
  passwords: PasswordsTable
  sessions: SessionsTable
  tokens: TokensTable
}
