/** What the storage shows backstage: its rooms, and each statement with the rows before and after it. */
import { createQueryId } from 'kysely'
import type { CompiledQuery, QueryResult } from 'kysely'
import { during } from '../backstage.ts'
import type { Report, Room } from '../backstage.ts'
import { bounded, shownCell } from '../backstage-secrets.ts'
import { changesOf, columnsOf, rowsAfter, rowsBefore, writeOf } from './backstage-rows.ts'
import type { Run } from './backstage-rows.ts'
import { AuditTable } from './audit.ts'
import { BudgetTable } from './budgets.ts'
import { CheckpointTable } from './checkpoints.ts'
import { DB } from './db.ts'
import { DeviceTable } from './devices.ts'
import { InboxTable } from './inbox.ts'
import type { Connection, HotQuery } from './engine.ts'
import { LimitTable } from './limits.ts'
import { MemoryTable } from './memory.ts'
import { OutboxTable } from './outbox.ts'
import { PostgresConnection } from './dialects/postgres-driver.ts'
import { NamedStatement } from './dialects/postgres-hot.ts'
import { HotStatement } from './dialects/sqlite-hot.ts'
import { PatientConnection } from './dialects/sqlite-patience.ts'
import { PasswordTable } from './passwords.ts'
import { PendingTable } from './pendings.ts'
import { SealTable } from './seals.ts'
import { SessionTable } from './sessions.ts'
import { StreakTable } from './streaks.ts'
import { TokenTable } from './tokens.ts'
import { UserTable } from './users.ts'

const LONGEST_SQL = 2000
const MOST_PARAMETERS = 20

/** Reports a statement that Kysely made: what it says, and for a write its rows before and after. */
const reportQuery: Report = (call, self, method, [given]) => {
  const query = given as CompiledQuery
  const run = async (other: CompiledQuery): ReturnType<Run> => method.call(self, other) as ReturnType<Run>
  const ask: Run = async (node) => run((self as Connection).compiler.compileQuery(node, createQueryId()))
  return during(
    call,
    async (step) => {
      if (step === null) return run(query)
      const write = writeOf(query)
      step.statement = { ...texts(query, columnsOf(query)), table: write?.table ?? null, changes: [] }
      if (write === null) return run(query)
      const before = await rowsBefore(write, ask)
      const result = await run(query)
      const after = await rowsAfter(query, write, before, ask)
      step.statement = { ...step.statement, changes: changesOf(write, before, after) }
      return result
    },
    (result) => outcomeOf(query, result as QueryResult<unknown>),
  )
}

/** Reports a hot query, which only reads. */
const reportHot: Report = (call, self, method, values) =>
  during(
    call,
    (step) => {
      const query = { sql: (self as HotQuery).sql, parameters: values[0] as readonly unknown[] }
      if (step !== null) step.statement = { ...texts(query), table: null, changes: [] }
      return method.apply(self, values)
    },
    (row) => count(row === undefined ? 0 : 1, 'read'),
  )

/** The rooms of the storage, and the two ways in which statements run. A new room is entered here. */
export const DB_ROOMS: readonly Room[] = [
  { layer: 'db', name: 'db', file: 'db/db.ts', of: DB },
  { layer: 'db', name: 'db.users', file: 'db/users.ts', of: UserTable },
  { layer: 'db', name: 'db.passwords', file: 'db/passwords.ts', of: PasswordTable },
  { layer: 'db', name: 'db.sessions', file: 'db/sessions.ts', of: SessionTable },
  { layer: 'db', name: 'db.tokens', file: 'db/tokens.ts', of: TokenTable },
  { layer: 'db', name: 'db.pendings', file: 'db/pendings.ts', of: PendingTable },
  { layer: 'db', name: 'db.devices', file: 'db/devices.ts', of: DeviceTable },
  { layer: 'db', name: 'db.outbox', file: 'db/outbox.ts', of: OutboxTable },
  { layer: 'db', name: 'db.inbox', file: 'db/inbox.ts', of: InboxTable },
  { layer: 'db', name: 'db.limits', file: 'db/limits.ts', of: LimitTable },
  { layer: 'db', name: 'db.streaks', file: 'db/streaks.ts', of: StreakTable },
  { layer: 'db', name: 'db.budgets', file: 'db/budgets.ts', of: BudgetTable },
  { layer: 'db', name: 'db.audit', file: 'db/audit.ts', of: AuditTable },
  { layer: 'db', name: 'db.seals', file: 'db/seals.ts', of: SealTable },
  { layer: 'db', name: 'db.checkpoints', file: 'db/checkpoints.ts', of: CheckpointTable },
  { layer: 'db', name: 'db.memory', file: 'db/memory.ts', of: MemoryTable },
  statements('db/dialects/sqlite-patience.ts', PatientConnection, 'executeQuery', reportQuery),
  statements('db/dialects/sqlite-hot.ts', HotStatement, 'first', reportHot),
  statements('db/dialects/postgres-driver.ts', PostgresConnection, 'executeQuery', reportQuery),
  statements('db/dialects/postgres-hot.ts', NamedStatement, 'first', reportHot),
]

/** A class by whose one method statements are run. */
function statements(file: string, of: Room['of'], method: string, report: Report): Room {
  return { layer: 'db', name: 'statement', file, of, methods: [method], report }
}

/** The words of a statement, as they may be shown. Its text holds no values: they are its parameters. */
function texts(
  { sql, parameters }: Pick<CompiledQuery, 'sql' | 'parameters'>,
  columns: readonly string[] = [],
): { sql: string; parameters: string[] } {
  const shown = parameters.slice(0, MOST_PARAMETERS).map((value, index) => shownCell(columns[index] ?? '', value))
  return { sql: bounded(sql, LONGEST_SQL), parameters: shown }
}

/** What came of a query. (Begin and commit change no rows, whatever SQLite counts.) */
function outcomeOf({ query }: CompiledQuery, { rows, numAffectedRows }: QueryResult<unknown>): string {
  if (query.kind === 'RawNode') return 'done'
  if (query.kind === 'SelectQueryNode') return count(rows.length, 'read')
  return count(Number(numAffectedRows ?? rows.length), 'changed')
}

/** How many rows a statement read or changed. */
function count(rows: number, deed: 'read' | 'changed'): string {
  return `${rows} ${rows === 1 ? 'row' : 'rows'} ${deed}`
}
