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
  disabled_at: number | null
  /** Since when the person is an admin; null for all others. */
  admin_at: number | null
  /** When the account is going to be deleted; null for one that is not. */
  delete_at: number | null
  /** The tag of the language that the person is written to in; null where nobody knows. */
  language: string | null
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
  device: Generated<string>
  place: Generated<string>
}

interface TokensTable {
  id: string
  purpose: string
  mac: string
  key_id: string
  /** Null where the address has no account yet. */
  user_id: number | null
  /** The address that the token is bound to. */
  email_key: string
  /** The other address, where a change of address is meant. */
  new_email: string | null
  /** When it was made for a letter; null where it was handed out in a response, so that it proves no address. */
  mailed_at: number | null
  /** When the mail server took that letter; null for one that may never have left. */
  sent_at: number | null
  created_at: number
  expires_at: number
}

interface PendingsTable {
  id: string
  /** As it was written at registration. */
  email: string
  email_key: string
  hash: string
  created_at: number
  expires_at: number
}

interface OutboxTable {
  id: string
  /** The kind of letter; `none` for a row that stands where a letter might have. */
  kind: string
  user_id: number | null
  email: string
  email_key: string
  /** The domain that it goes to; empty for what goes nowhere. */
  domain: string
  /** JSON. */
  facts: string
  created_at: number
  due_at: number
  claimed_until: number
  tries: number
  given_up_at: number | null
  reason: string | null
}

interface InboxTable {
  id: Generated<number>
  recipient: string
  subject: string
  text: string
  html: string
  sent_at: number
}

interface DevicesTable {
  id: string
  user_id: number
  mac: string
  key_id: string
  created_at: number
  used_at: number
}

interface LimitsTable {
  key: string
  window_start: number
  hits: number
}

interface MemoryTable {
  name: string
  value: string
}

interface AuditTable {
  id: Generated<number>
  /** Random, and part of what the keyed hash vouches for: no entry can be there twice. */
  uid: string
  at: number
  /** Such as `login.failed`. */
  event: string
  /** Whose account it is about; null where nobody is. Kept when the person is gone. */
  user_id: number | null
  /** The email that was typed, as a keyed hash; null where none was. */
  subject: string | null
  /** The address that the request came from. */
  source: string | null
  /** In words of ours. */
  device: string | null
  /** The User-Agent as it was sent, cut short. */
  agent: string | null
  request_id: string | null
  session_id: string | null
  /** By what it was proved: a password, a link, a session. */
  method: string | null
  /** For how many acts the entry stands. */
  times: number
  /** JSON. */
  facts: string
  mac: string
  key_id: string
}

interface SealsTable {
  /** Counts the entries in the order in which they were sealed, from 1. */
  seq: number
  audit_id: number
  /** The keyed hash over this entry's and the seal before it. */
  mac: string
  key_id: string
  sealed_at: number
}

interface CheckpointsTable {
  /** The last entry that was let go. */
  seq: number
  /** Its seal, with which the chain goes on. */
  chain: string
  at: number
  mac: string
  key_id: string
}

interface StreaksTable {
  key: string
  failures: number
  last_at: number
  /** Before this no further try is looked at. */
  until_at: number
}

interface ClaimsTable {
  name: string
  /** Which service has it, drawn by chance at its start. */
  owner: string
  until_at: number
}

interface BudgetsTable {
  key: string
  /** When it is whole again, if nothing more is taken. */
  whole_at: number
}

/** All tables by name. */
export interface Schema {
  users: UsersTable
  passwords: PasswordsTable
  sessions: SessionsTable
  tokens: TokensTable
  pendings: PendingsTable
  outbox: OutboxTable
  inbox: InboxTable
  devices: DevicesTable
  limits: LimitsTable
  memory: MemoryTable
  audit: AuditTable
  seals: SealsTable
  checkpoints: CheckpointsTable
  streaks: StreaksTable
  budgets: BudgetsTable
  claims: ClaimsTable
}
