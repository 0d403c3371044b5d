/** All tables with their columns and keys, for whatever goes through a whole database. The compiler misses a table or a column that is not here. */
import type { Selectable } from 'kysely'
import type { Schema } from './schema.ts'

/** What a column holds, when it is not null: text, or a whole number. */
export type Holds = 'text' | 'number'

/** A table: its columns in their order here, and those by which its rows are ordered and told apart. */
export interface Table {
  readonly name: keyof Schema
  readonly columns: readonly string[]
  readonly holds: readonly Holds[]
  readonly key: readonly string[]
}

/** Each column with what it holds. */
type Columns<Row> = { readonly [Name in keyof Row]: NonNullable<Row[Name]> extends number ? 'number' : 'text' }

/** Each table with its columns, and the names of those that are its key. */
type Tables = {
  readonly [Name in keyof Schema]: {
    readonly key: readonly (keyof Schema[Name] & string)[]
    readonly columns: Columns<Selectable<Schema[Name]>>
  }
}

const [text, number] = ['text', 'number'] as const
const at = number
/** A keyed hash, and the id of the key that made it. */
const keyed = { mac: text, key_id: text } as const

const ALL: Tables = {
  users: {
    key: ['id'],
    columns: {
      id: number,
      email: text,
      email_key: text,
      email_verified_at: at,
      created_at: at,
      disabled_at: at,
      admin_at: at,
      delete_at: at,
      language: text,
    },
  },
  passwords: { key: ['user_id'], columns: { user_id: number, hash: text, set_at: at } },
  sessions: {
    key: ['id'],
    columns: {
      id: text,
      ...keyed,
      user_id: number,
      created_at: at,
      used_at: at,
      idle_ms: number,
      expires_at: at,
      device: text,
      place: text,
    },
  },
  tokens: {
    key: ['id'],
    columns: {
      id: text,
      purpose: text,
      ...keyed,
      user_id: number,
      email_key: text,
      new_email: text,
      mailed_at: at,
      sent_at: at,
      created_at: at,
      expires_at: at,
    },
  },
  pendings: {
    key: ['id'],
    columns: { id: text, email: text, email_key: text, hash: text, created_at: at, expires_at: at },
  },
  outbox: {
    key: ['id'],
    columns: {
      id: text,
      kind: text,
      user_id: number,
      email: text,
      email_key: text,
      domain: text,
      facts: text,
      created_at: at,
      due_at: at,
      claimed_until: at,
      tries: number,
      given_up_at: at,
      reason: text,
    },
  },
  inbox: { key: ['id'], columns: { id: number, recipient: text, subject: text, text, html: text, sent_at: at } },
  devices: {
    key: ['user_id', 'id'],
    columns: { user_id: number, id: text, ...keyed, created_at: at, used_at: at },
  },
  limits: { key: ['key', 'window_start'], columns: { key: text, window_start: at, hits: number } },
  memory: { key: ['name'], columns: { name: text, value: text } },
  audit: {
    key: ['id'],
    columns: {
      id: number,
      uid: text,
      at,
      event: text,
      user_id: number,
      subject: text,
      source: text,
      device: text,
      agent: text,
      request_id: text,
      session_id: text,
      method: text,
      times: number,
      facts: text,
      ...keyed,
    },
  },
  seals: { key: ['seq'], columns: { seq: number, audit_id: number, ...keyed, sealed_at: at } },
  checkpoints: { key: ['seq'], columns: { seq: number, chain: text, at, ...keyed } },
  streaks: { key: ['key'], columns: { key: text, failures: number, last_at: at, until_at: at } },
  budgets: { key: ['key'], columns: { key: text, whole_at: at } },
  claims: { key: ['name'], columns: { name: text, owner: text, until_at: at } },
}

/** All tables: people first, since other rows are theirs. */
export const TABLES: readonly Table[] = (Object.keys(ALL) as (keyof Schema)[]).map((name) => ({
  name,
  key: ALL[name].key,
  columns: Object.keys(ALL[name].columns),
  holds: Object.values(ALL[name].columns),
}))
