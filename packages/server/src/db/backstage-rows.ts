/** The rows that a statement is about, as they were before it and as they are after it. Asked for on the statement's own connection. */
import {
  BinaryOperationNode,
  ColumnNode,
  FromNode,
  LimitNode,
  OperatorNode,
  PrimitiveValueListNode,
  ReferenceNode,
  SelectionNode,
  TableNode,
  ValueNode,
  WhereNode,
} from 'kysely'
import type { CompiledQuery, InsertQueryNode, OperationNode, QueryResult, SelectQueryNode } from 'kysely'
import type { ShownRow, Statement } from '../backstage.ts'
import { shownCell } from '../backstage-secrets.ts'
import type { Schema } from './schema.ts'

/** A row as it is stored. */
type Row = Readonly<Record<string, unknown>>

/** A change of rows: in which table, and which ones. */
export interface Write {
  readonly table: keyof Schema
  readonly where: OperationNode | undefined
}

/** Asks something on the connection that a statement is for. */
export type Run = (query: SelectQueryNode) => Promise<QueryResult<Row>>

const MOST_ROWS = 8

/** What names a row of each table, and by which column a row that is being added may already be there. */
const KEYS: { readonly [Table in keyof Schema]: Readonly<Record<'row' | 'added', keyof Schema[Table] & string>> } = {
  users: { row: 'id', added: 'email_key' },
  passwords: { row: 'user_id', added: 'user_id' },
  sessions: { row: 'id', added: 'id' },
  tokens: { row: 'id', added: 'id' },
  pendings: { row: 'id', added: 'id' },
  outbox: { row: 'id', added: 'id' },
  inbox: { row: 'id', added: 'sent_at' },
  devices: { row: 'id', added: 'id' },
  limits: { row: 'key', added: 'key' },
  memory: { row: 'name', added: 'name' },
  audit: { row: 'id', added: 'uid' },
  seals: { row: 'seq', added: 'seq' },
  checkpoints: { row: 'seq', added: 'seq' },
  streaks: { row: 'key', added: 'key' },
  budgets: { row: 'key', added: 'key' },
  claims: { row: 'name', added: 'name' },
}

/** What a statement changes; null when it only reads, or is about no table of ours. */
export function writeOf({ query }: CompiledQuery): Write | null {
  if (query.kind === 'InsertQueryNode') {
    const table = tableOf(query.into)
    return table === null ? null : { table, where: addedRow(query, KEYS[table].added) }
  }
  if (query.kind !== 'UpdateQueryNode' && query.kind !== 'DeleteQueryNode') return null
  const table = tableOf(query.kind === 'UpdateQueryNode' ? query.table : query.from.froms[0])
  return table === null ? null : { table, where: query.where?.where }
}

/** The columns that the parameters of a statement go into, one for each; none where that is not plain to see. */
export function columnsOf({ query, parameters }: CompiledQuery): readonly string[] {
  if (query.kind !== 'InsertQueryNode') return []
  const [row, ...others] = (query.values as { readonly values?: readonly OperationNode[] } | undefined)?.values ?? []
  const { columns = [] } = query
  const isPlain = row !== undefined && PrimitiveValueListNode.is(row) && others.length === 0
  return isPlain && columns.length === parameters.length ? columns.map(({ column }) => column.name) : []
}

/** The rows of a write, before it. */
export async function rowsBefore({ table, where }: Write, run: Run): Promise<readonly Row[]> {
  return select(table, where, run)
}

/** The rows of a write, after it: those that were there before, and the one that it may have added. */
export async function rowsAfter(
  { query }: CompiledQuery,
  write: Write,
  before: readonly Row[],
  run: Run,
): Promise<readonly Row[]> {
  if (query.kind === 'InsertQueryNode') return select(write.table, write.where, run)
  if (before.length === 0) return []
  const key = KEYS[write.table].row
  const names = before.map((row) => row[key])
  return select(write.table, condition(key, 'in', PrimitiveValueListNode.create(names)), run)
}

/** Rows before and after side by side, by what names them. */
export function changesOf({ table }: Write, before: readonly Row[], after: readonly Row[]): Statement['changes'] {
  const key = KEYS[table].row
  const names = new Set([...before, ...after].map((row) => row[key]))
  const find = (rows: readonly Row[], name: unknown): ShownRow | null => shownRow(rows.find((row) => row[key] === name))
  return [...names].map((name) => ({ before: find(before, name), after: find(after, name) }))
}

/** A row with each value as it may be shown. */
function shownRow(row: Row | undefined): ShownRow | null {
  return row === undefined
    ? null
    : Object.fromEntries(Object.entries(row).map(([column, value]) => [column, shownCell(column, value)]))
}

/** Some of the rows that match. */
async function select(table: keyof Schema, where: OperationNode | undefined, run: Run): Promise<readonly Row[]> {
  if (where === undefined) return []
  const node: SelectQueryNode = {
    kind: 'SelectQueryNode',
    from: FromNode.create([TableNode.create(table)]),
    selections: [SelectionNode.createSelectAll()],
    where: WhereNode.create(where),
    limit: LimitNode.create(ValueNode.create(MOST_ROWS)),
  }
  const { rows } = await run(node)
  return rows
}

/** The name of a table of ours; null for another. */
function tableOf(node: OperationNode | undefined): keyof Schema | null {
  const name = node !== undefined && TableNode.is(node) ? node.table.identifier.name : ''
  return Object.hasOwn(KEYS, name) ? (name as keyof Schema) : null
}

/** The condition that the row which is being added would meet. */
function addedRow({ columns = [], values }: InsertQueryNode, key: string): OperationNode | undefined {
  const index = columns.findIndex(({ column }) => column.name === key)
  const row = (values as { readonly values?: readonly OperationNode[] } | undefined)?.values?.[0]
  const value = (row as { readonly values?: readonly unknown[] } | undefined)?.values?.[index]
  if (value === undefined) return undefined
  const isNode = typeof value === 'object' && value !== null && 'kind' in value
  return condition(key, '=', isNode ? (value as OperationNode) : ValueNode.create(value))
}

/** A comparison of a column. */
function condition(column: string, operator: '=' | 'in', value: OperationNode): OperationNode {
  return BinaryOperationNode.create(
    ReferenceNode.create(ColumnNode.create(column)),
    OperatorNode.create(operator),
    value,
  )
}
